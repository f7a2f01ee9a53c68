"""CSV objects, as records that can be judged."""
