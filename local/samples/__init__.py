"""Sample data, the same on every run, and what the lake must make of it."""
