"""What stands behind a feature on the laptop."""
