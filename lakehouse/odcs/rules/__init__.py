"""Rules between the parts of one contract."""
