"""The user's run seen from inside: every expression's value, with its place in the source."""

from gradcheck.trace.adjoints import Adjoint, adjoints
from gradcheck.trace.influence import Influence, influences, value_sites
from gradcheck.trace.instrument import Instrumented, instrument
from gradcheck.trace.recorder import First, Recorder, Sighting
from gradcheck.trace.sites import Site, SourceMap
from gradcheck.trace.tracer import EnoughSeenError, Tracer
from gradcheck.trace.whole import recorded_from_start

__all__ = [
    "Adjoint",
    "EnoughSeenError",
    "First",
    "Influence",
    "Instrumented",
    "Recorder",
    "Sighting",
    "Site",
    "SourceMap",
    "Tracer",
    "adjoints",
    "influences",
    "instrument",
    "recorded_from_start",
    "value_sites",
]
