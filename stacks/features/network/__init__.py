"""Functions and jobs inside a VPC without a way to the internet, and buckets that answer it alone."""
