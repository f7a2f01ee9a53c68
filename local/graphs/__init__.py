"""What graphs of dashboards ask CloudWatch for: searches, and what is computed of them."""
