"""Tables that lakes of other accounts read, and tables of theirs that this one reads."""
