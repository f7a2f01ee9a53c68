"""Buckets, and the key of logs."""
