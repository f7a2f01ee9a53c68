"""What is derived from a dataset, one target in each module."""
