"""The laptop's Athena: Trino's SQL over the tables of the Glue catalog."""
