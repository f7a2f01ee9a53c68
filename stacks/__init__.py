"""Deployment units of the lake: one module per stack, put together in `lake`."""
