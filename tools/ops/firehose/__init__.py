"""Records that Firehose could not deliver, and how they reach bronze after all."""
