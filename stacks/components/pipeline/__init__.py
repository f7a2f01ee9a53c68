"""What runs the jobs of a domain, and when."""
