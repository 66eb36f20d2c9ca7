"""The user's run seen from inside: every expression's value, with its place in the source."""

from gradcheck.trace.instrument import Instrumented, instrument
from gradcheck.trace.recorder import Recorder, Sighting
from gradcheck.trace.sites import Site, SourceMap

__all__ = ["Instrumented", "Recorder", "Sighting", "Site", "SourceMap", "instrument"]
