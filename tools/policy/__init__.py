"""`make policy`: every policy check on the templates of an environment, and a report that people can read."""
