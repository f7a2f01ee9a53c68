"""What Athena says when it cannot do what was asked."""

_SHOWN = 40


class RefusedError(ValueError):
    """The statement is refused at submission: it is malformed, or of a kind that Athena or this engine lacks.

    Attributes:
        code: Athena's error code.
    """

    def __init__(self, message: str, code: str = "NOT_SUPPORTED") -> None:
        super().__init__(message)
        self.code = code


class QueryError(ValueError):
    """The statement was accepted and failed, for a reason that `StateChangeReason` tells."""


def not_supported(kind: str) -> RefusedError:
    """The refusal of a kind of statement, in Athena's words and with its name."""
    return RefusedError(f"Queries of this type are not supported: {kind}")


def malformed(found: str, expected: str) -> RefusedError:
    """The refusal of a text where something else is expected."""
    shown = found.strip()[:_SHOWN] or "<EOF>"
    return RefusedError(f"line 1:1: mismatched input '{shown}'. Expecting: {expected}", "MALFORMED_QUERY")
