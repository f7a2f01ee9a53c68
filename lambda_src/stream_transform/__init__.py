"""Prepares records of streams for bronze, between Firehose's buffer and its delivery."""
