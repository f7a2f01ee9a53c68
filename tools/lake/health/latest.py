"""The last run of each dataset of a lake, for pages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tools.lake.health.events import read, recorded
from tools.lake.health.lake_asked import asked
from tools.lake.health.runs import newest_of_each, run_of
from tools.lake.site.last_runs import LastRun, LastRuns
from tools.ops.target import acting

_BACK = timedelta(days=30)


@acting
def latest(environment: str, project: Path) -> LastRuns:
    """Ask a lake; runs of the last 30 days count."""
    target = asked(environment, project)
    found: dict[str, LastRun] = {}
    for domain in target.lake.domains:
        for run in newest_of_each(recorded(target, domain, datetime.now(UTC) - _BACK), 1):
            if not run.is_step:
                told = run_of(target, domain, run, read(target, run.last))
                found[f"{domain}/{run.name}"] = LastRun(told.outcome, told.started, told.facts or {})
    return found
