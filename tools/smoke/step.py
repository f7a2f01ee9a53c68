"""What was looked at, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ParamSpec

from botocore.exceptions import BotoCoreError, ClientError

from tools.ops.target import OperationError
from tools.smoke.causes import Cause, explain

_DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")
"""Codes by which AWS refuses the caller: what was to be looked at may be well all the same."""

_UNSUPPORTED = ("InvalidAction", "UnknownOperationException")
"""Codes of an AWS that does not know the call: an embedded one lacks some."""


class Outcome(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    NOT_ASKED = "not asked"
    """Nothing is known: a step before it failed, or the caller may not ask."""


@dataclass(frozen=True)
class Step:
    """One thing that was looked at."""

    name: str
    outcome: Outcome
    detail: str = ""
    """What was found."""
    cause: Cause | None = None
    """Likely cause of a failure."""

    @property
    def passed(self) -> bool:
        """Whether what depends on this step can be tried."""
        return self.outcome is Outcome.OK


def ok(name: str, detail: str = "") -> Step:
    """Make a step that went well."""
    return Step(name, Outcome.OK, detail)


def failed(name: str, evidence: str) -> Step:
    """Make a step that failed, with the likely cause of what was found."""
    return Step(name, Outcome.FAILED, evidence, explain(f"{name}: {evidence}"))


def not_asked(name: str, why: str) -> Step:
    """Make a step that was left out."""
    return Step(name, Outcome.NOT_ASKED, why)


Asked = ParamSpec("Asked")


def guarded(
    name: str, look: Callable[Asked, Iterable[Step]], *args: Asked.args, **kwargs: Asked.kwargs
) -> list[Step]:
    """Return what `look` finds; a refusal by AWS becomes the one step `name`.

    What the caller may not ask, or this AWS does not know, is not asked; any other error is a failure.
    """
    try:
        return list(look(*args, **kwargs))
    except ClientError as error:
        if code_of(error) in _DENIED:
            return [not_asked(name, f"your credentials may not: {error}")]
        if code_of(error) in _UNSUPPORTED:
            return [not_asked(name, f"this AWS does not know the call: {error}")]
        return [failed(name, str(error))]
    except (BotoCoreError, OperationError) as error:
        return [failed(name, str(error))]


def code_of(error: ClientError) -> str:
    """Return the code of an error of AWS."""
    return str(error.response["Error"]["Code"])
