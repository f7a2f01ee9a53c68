"""What is known of keys, so that little of a table is read to compare a batch with it."""
