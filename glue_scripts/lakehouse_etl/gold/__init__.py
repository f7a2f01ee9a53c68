"""Builds products from silver and from one another."""
