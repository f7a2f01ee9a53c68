"""What a lake that runs tells of itself: `lake status`, `lake runs` and `lake why`."""
