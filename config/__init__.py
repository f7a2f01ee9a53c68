"""Settings of each environment and the physical names derived from them."""
