"""What `lake smoke` does: it proves, after a deployment, that the lake works, or names the cause if not."""
