"""Bronze, and what else is made nowhere again, replicated into another Region."""
