"""Feeds a lake: samples that somebody made for an example domain, else records made from contracts."""
