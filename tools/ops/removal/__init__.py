"""Removes a whole environment: its stacks, the data that they keep, and what services made beside them."""
