"""Live objects as subjects: what somebody hands over in a script or a notebook cell, without a file to point at."""
