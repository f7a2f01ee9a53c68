"""Who asks, and for what: signatures, keys, roles."""
