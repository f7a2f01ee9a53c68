"""CloudWatch: what policies may say about metrics."""
