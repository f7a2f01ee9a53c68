"""The native package: what a run without Spark imports, as Lambda takes it.

`make setup` fetches the wheels that the lock names, by hash, and builds layers from them; `make package`
builds these again.
"""
