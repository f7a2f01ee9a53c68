"""Lambda: how functions start, and how they fail."""
