"""What both command lines need."""
