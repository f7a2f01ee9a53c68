"""CloudTrail writes files of what the embedded AWS was asked into the buckets of its trails."""
