"""What every function uses."""
