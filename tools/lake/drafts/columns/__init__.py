"""What a column of a sample is taken for."""
