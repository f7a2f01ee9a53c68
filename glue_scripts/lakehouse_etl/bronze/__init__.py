"""The objects of bronze: which are new, and their records as Spark's executors judge them."""
