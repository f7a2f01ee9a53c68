"""A lake that is kept on this machine, and what commands do with it."""
