"""Judges many records at once, column by column; it may only be wrong by doubting a record."""
