"""Measures what the lake's own code costs, against the least that the same work can cost.

Every figure is a ratio or a rate within one run, on one machine, as other machines differ.
"""
