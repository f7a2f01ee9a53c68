"""Constructs that several stacks are made of."""
