"""S3: subresources, parts and versions, and what stacks set on buckets."""
