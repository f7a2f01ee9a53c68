"""What the caller may see of Glue's catalog."""
