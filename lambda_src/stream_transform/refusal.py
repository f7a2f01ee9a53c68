"""Why a record is not delivered."""

from shared.errors import TerminalError


class RefusedError(TerminalError):
    """A record is not what its stream takes; the message is one of few, so that refusals can be counted."""
