"""Handlers of the functions that run jobs' code without Spark."""
