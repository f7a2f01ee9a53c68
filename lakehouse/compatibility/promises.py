"""What a contract promises of the data as a whole, and what it tells people."""

import math
from collections.abc import Iterator, Mapping

from lakehouse.compatibility.change import Change, Level, Rule, Scope, always
from lakehouse.model.dataset import Documentation
from lakehouse.model.drafts import DRAFT
from lakehouse.model.service import ServiceLevel

_documentation = always(Level.COMPATIBLE, "none: it is documentation")


def _retention(scope: Scope, old: ServiceLevel, new: ServiceLevel) -> Iterator[Change]:
    days = old.retention_days, new.retention_days
    if new.retention_days is not None and new.retention_days < (old.retention_days or math.inf):
        effect = (
            f"DATA GOES soon after the deployment: bronze objects and rejected records older than "
            f"{new.retention_days} days; rows of silver and gold stay"
        )
        yield scope.change(Level.BREAKING, *days, effect)
    else:
        yield scope.change(Level.COMPATIBLE, *days, "bronze objects and rejected records stay for longer")


SERVICE: Mapping[str, Rule] = {
    "freshness_hours": always(Level.COMPATIBLE, "the alarm about stale data goes off at another age"),
    "event_time": always(Level.COMPATIBLE, "freshness is told by the times of another column"),
    "frequency_hours": always(Level.COMPATIBLE, "none on data: updates are promised at another pace"),
    "retention_days": _retention,
}


def _status(scope: Scope, old: Documentation, new: Documentation) -> Iterator[Change]:
    level, effect = Level.COMPATIBLE, "none: it is documentation"
    if new.status == DRAFT:
        level = Level.BREAKING
        effect = "environments without drafts keep the tables with their data, and no job fills them any more"
    elif old.status == DRAFT:
        effect = "environments without drafts get the tables, empty"
    yield scope.change(level, old.status, new.status, effect)


DOCUMENTATION: Mapping[str, Rule] = {
    **dict.fromkeys(Documentation.__dataclass_fields__, _documentation),
    "status": _status,
}
