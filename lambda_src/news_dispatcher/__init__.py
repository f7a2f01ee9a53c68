"""Tells a domain's silver function which datasets have something new."""
