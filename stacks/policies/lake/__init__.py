"""The lake's own rules, for what no published pack asks about."""
