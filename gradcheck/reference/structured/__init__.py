"""The numerical gradient of a reference network, at a fraction of the forward passes."""

from gradcheck.reference.structured.gradient import Method, StructuredGradient, structured_gradient

__all__ = ["Method", "StructuredGradient", "structured_gradient"]
