"""Scripts of the Glue jobs, one per job."""
