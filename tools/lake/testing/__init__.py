"""Tests contracts against data, and the SQL of products against rows, without a lake."""
