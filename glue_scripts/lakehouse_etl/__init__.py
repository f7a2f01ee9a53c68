"""What the Glue jobs of every domain share.

Jobs know a dataset from the compiled manifest alone. `job.runtime` is the only module that knows Glue, and
`job.aws` the only one that calls AWS beside Spark.
"""
