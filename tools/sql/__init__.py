"""Asks Athena, of a deployed lake or of the one on this machine, in a prompt or once."""
