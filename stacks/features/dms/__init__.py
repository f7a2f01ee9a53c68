"""Changes of database tables, by AWS DMS."""
