"""Runs without Spark, in a process of their own, as the silver function does them."""
