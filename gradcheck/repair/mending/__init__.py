"""Repairs beyond the gradient: an audit finds something, an edit is tried, and the same audit judges it."""
