"""API Gateway: integrations, mapping templates, validation."""
