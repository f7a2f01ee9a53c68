"""Loads all contracts, and checks them against one another."""
