"""Tables of the catalog, and their optimizers."""
