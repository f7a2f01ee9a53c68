"""EventBridge Pipes: from queues to state machines."""
