"""Says of a query what Spark's analyser would say, without Spark, and what its columns are made of.

What cannot be told for certain is left to Spark: a query that Spark accepts is never refused. A corpus of
right and wrong statements, which the tests put before Spark as well, is the proof.
"""
