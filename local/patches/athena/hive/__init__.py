"""Hive-style tables: files, partitions, formats."""
