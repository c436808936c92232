"""News Atlas: one news article as a map, a cast and a mood."""

import os

__version__ = "0.1.0"

# Read when numpy is first loaded. Threads of its own would compete with workers, and results shall not hang on cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
