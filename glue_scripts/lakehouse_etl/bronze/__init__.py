"""The objects of bronze: which are new, and how each format is read."""
