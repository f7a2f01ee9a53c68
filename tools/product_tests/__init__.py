"""Runs the unit tests of gold SQL on Spark, which defines what the SQL means.

`tools.lake.testing` finds the jobs' package, which reads the values.
"""
