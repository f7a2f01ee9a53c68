"""How the pipelines of domains ended last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.ops.pipelines import last_execution, machine_arn
from tools.ops.target import Target

_FAILED = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class Execution:
    """The newest execution of a domain's pipeline."""

    domain: str
    status: str
    """As Step Functions has it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
    started: datetime
    ended: datetime | None
    why: str
    """Why it failed."""

    @property
    def failed(self) -> bool:
        """Whether somebody has to see to it."""
        return self.status in _FAILED


def newest(target: Target, domain: str) -> Execution | None:
    """Return the execution of a domain's pipeline that started last, None if there never was one."""
    states = target.client("stepfunctions")
    last = last_execution(states, machine_arn(target, domain))
    if last is None:
        return None
    found: Mapping[str, Any] = states.describe_execution(executionArn=last["executionArn"])
    why = " ".join(str(found[part]) for part in ("error", "cause") if found.get(part))
    return Execution(domain, found["status"], found["startDate"], found.get("stopDate"), why)
