"""Runs tests of features that need the embedded AWS or Spark: of those that changed, and of others in turn.

They take longer than all others together once there are many features, and most changes touch none.
"""
