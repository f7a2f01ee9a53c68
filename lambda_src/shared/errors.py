"""Errors of the lake's functions: one that another attempt may cure, one that only a person can.

Error:
├── TransientError
└── TerminalError
"""


class Error(Exception):
    """Base of the errors that a function raises on purpose."""


class TransientError(Error):
    """Another attempt may succeed; whoever invoked the function should repeat it."""


class TerminalError(Error):
    """No attempt can succeed until a person changes something; the message says what."""
