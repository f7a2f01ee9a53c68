"""Types and functions as Spark has them."""
