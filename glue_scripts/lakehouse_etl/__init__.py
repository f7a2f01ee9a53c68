"""What the Glue jobs of every domain share.

Jobs know a dataset from the compiled manifest alone. `runtime` is the only module that knows Glue, `aws`
the only one that calls AWS, and `transforms` holds DataFrame functions that read and write nothing.
"""
