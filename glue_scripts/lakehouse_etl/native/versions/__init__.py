"""Versions of a whole content, without Spark."""
