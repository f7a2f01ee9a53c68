"""Reads the SQL of products and table rules, and judges it as Spark would."""
