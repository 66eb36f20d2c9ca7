"""A network in a package, as `python -m surface.fit` runs it."""

from .fit import Surface
