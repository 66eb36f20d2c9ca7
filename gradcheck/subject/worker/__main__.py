"""`python -m gradcheck.subject.worker HANDLE`: what the parent starts."""

import sys

from gradcheck.subject.worker.serve import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]))
