"""What Spark's analyser refuses, one kind in each module."""
