"""Finds personal data: by the form and the check digits of values, and by the names of columns.

A finding names a column, a kind and figures; what was found is neither kept nor told.
"""
