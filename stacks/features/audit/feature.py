"""The feature `audit`."""

from collections.abc import Iterator, Mapping

from config.settings import Settings
from stacks.features.audit.settings import AuditSettings
from stacks.features.feature import Disagreement, Feature


def _readers_are_there(settings: Settings, others: Mapping[str, Settings | None]) -> Iterator[Disagreement]:
    """Find readers whom the environment does not have."""
    own = getattr(settings.features, "audit", None)
    known = settings.people.personas
    for name in own.readers if isinstance(own, AuditSettings) else ():
        if name not in known:
            allowed = f"personas of the environment: {', '.join(sorted(known))}"
            yield Disagreement(("readers",), name, allowed, f"name {name} in people.personas")


FEATURE = Feature(
    title="Who did what: CloudTrail under a lock and S3 access logs as tables, with ready questions",
    section=AuditSettings,
    idle_cost="USD 0: the first trail of an account is free; data events are billed by the request",
    laptop="all of it: files of the trail and access logs are written of what the embedded AWS was asked",
    stacks=("Audit",),
    agreement=_readers_are_there,
    patches=("cloudtrail",),
)
