"""CloudWatch Logs: what policies may say about streams."""
