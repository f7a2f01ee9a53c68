"""Tells of runs as OpenLineage events, which a table of the domain shows."""
