"""EventBridge: its targets."""
