"""State machines list executions under their own role.

ministack 1.5.33 answers `aws-sdk:sfn:listExecutions` without asking whether the role may.

Proven by `tests/local/patches/stepfunctions/test_executions.py`.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.patches.stepfunctions.roles import as_machine


def apply() -> None:
    """Replace the integration."""
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::aws-sdk:sfn:listExecutions"] = _list_executions


def _list_executions(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return as_machine("Sfn", partial(_list, arguments), client="stepfunctions")


def _list(arguments: dict[str, Any], states: Any) -> dict[str, Any]:
    answer = states.list_executions(**{_lower(name): value for name, value in arguments.items()})
    found = [
        {_upper(name): _text(value) for name, value in execution.items()}
        for execution in answer["executions"]
    ]
    more = {"NextToken": answer["nextToken"]} if "nextToken" in answer else {}
    return {"Executions": found, **more}


def _text(value: object) -> object:
    """A time as Step Functions writes it: Java's `Instant`, which leaves out a fraction of zero."""
    if not isinstance(value, datetime):
        return value
    unit = "milliseconds" if value.microsecond else "seconds"
    return value.astimezone(UTC).isoformat(timespec=unit).replace("+00:00", "Z")


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]
