"""Functions from values and DataFrames to DataFrames; they read and write nothing."""
