"""Glue: its catalog, Iceberg tables and jobs."""
