"""Rules that hold for every resource, and the exceptions from them."""
