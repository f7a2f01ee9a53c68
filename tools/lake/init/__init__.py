"""`lake init`: what a fork says once, written where every environment reads it."""
