"""Which engine works on a dataset."""

from enum import StrEnum


class Engine(StrEnum):
    """Who brings a dataset into silver, whatever the size of what is new."""

    FUNCTION = "function"
    """The function of its domain, without Spark; Glue where it fails twice."""
    GLUE = "glue"
    """The Glue job of its domain, on Spark."""
