"""LearnFlow: a self-hosted Python tutoring platform."""

__version__ = "0.1.0"
