"""Keeps tables small, fast and free of what nobody needs."""
