"""Deployments from GitHub Actions, without a key that is kept anywhere."""
