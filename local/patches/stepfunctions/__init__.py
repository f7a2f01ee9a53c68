"""Step Functions: integrations under the state machine's own role."""
