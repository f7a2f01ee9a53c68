"""The Glue jobs of a domain."""
