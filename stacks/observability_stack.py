"""Dashboards on which people see whether the lake is well, alarms about all of it, and its cost."""

from collections.abc import Callable, Mapping, Sequence

from constructs import Construct

from config.settings import Settings
from stacks.components.boards import access, estate, job, pipeline, stream
from stacks.components.boards.widgets import Row, Subject, deploy
from stacks.components.monitoring.estate_alarms import estate_alarms
from stacks.components.monitoring.key_denials import KeyDenials
from stacks.components.monitoring.spending import Spending
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

BOARDS: Mapping[str, Callable[[Subject], list[Row]]] = {
    "estate": estate.rows,
    "pipeline": pipeline.rows,
    "stream": stream.rows,
    "job": job.rows,
    "access": access.rows,
}
"""What people look at, from the whole to its parts."""


class ObservabilityStack(LakeStack):
    """The dashboards, and the alarms that are about all of the lake."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
        domains: Sequence[str],
    ) -> None:
        """Show these domains, and what they share."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Dashboards of the lake, alarms about all of it, and its cost",
        )
        self._boards(Subject(self, domains))
        estate_alarms(self, foundation.alarm_topic)
        KeyDenials(self, "KeyDenials", topic=foundation.alarm_topic)
        if settings.cost is not None:
            Spending(self, "Spending", settings=settings.cost)

    def _boards(self, subject: Subject) -> None:
        """Make one dashboard of all boards, or one of each: CloudWatch bills by the dashboard."""
        if self.settings.alarms.dashboards == "each":
            for name, rows in BOARDS.items():
                deploy(self, f"{name.title()}Board", self.naming.resource(name), rows(subject))
        else:
            together = [row for rows in BOARDS.values() for row in rows(subject)]
            deploy(self, "Lake", self.naming.resource("lake"), together)
