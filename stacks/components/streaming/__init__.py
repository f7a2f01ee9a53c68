"""From producers into bronze."""
