"""Secrets Manager: references in templates."""
