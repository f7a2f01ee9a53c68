"""Values of a field: what a source says, which rules it keeps, what silver may hold of it."""
