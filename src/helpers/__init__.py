"""News Atlas: one news article as a map, a cast and a mood."""

__version__ = "0.1.0"
