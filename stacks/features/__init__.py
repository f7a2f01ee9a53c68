"""Optional systems, one folder each."""
