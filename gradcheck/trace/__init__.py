"""The user's run seen from inside: every expression's value, with its place in the source."""

from gradcheck.trace.influence import Influence, influences, value_sites
from gradcheck.trace.instrument import Instrumented, instrument
from gradcheck.trace.recorder import Recorder, Sighting
from gradcheck.trace.sites import Site, SourceMap
from gradcheck.trace.tracer import EnoughSeenError, Tracer
from gradcheck.trace.whole import recorded_from_start

__all__ = [
    "EnoughSeenError",
    "Influence",
    "Instrumented",
    "Recorder",
    "Sighting",
    "Site",
    "SourceMap",
    "Tracer",
    "influences",
    "instrument",
    "recorded_from_start",
    "value_sites",
]
