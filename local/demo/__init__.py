"""`make demo`: the whole lake on this machine, from nothing to SQL answers."""
