"""What names and expressions of a query stand for, and where their values come from."""
