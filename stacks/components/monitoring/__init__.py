"""Alarms, log groups and what could not be delivered."""
