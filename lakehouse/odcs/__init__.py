"""Reads contracts written in the Open Data Contract Standard (https://bitol.io) into the model.

A contract may say only what the lake enforces, or what is plainly documentation. A rule that nothing would
enforce is a fault, so that a reader can trust a contract.
"""
