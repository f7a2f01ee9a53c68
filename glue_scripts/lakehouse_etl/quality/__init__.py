"""Measures rules about whole tables, and records what came of them."""
