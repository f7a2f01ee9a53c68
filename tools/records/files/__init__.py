"""Records as their sources write them."""
