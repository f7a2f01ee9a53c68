"""What the two environments of a pair have to say alike."""

from collections.abc import Iterator, Mapping

from config.settings import Settings
from stacks.features.feature import Disagreement
from stacks.features.second_region.settings import SecondRegionSettings

_NAME = "second_region"


def agreement(settings: Settings, others: Mapping[str, Settings | None]) -> Iterator[Disagreement]:
    """Find what an environment says of the other one of its pair, and the other one does not.

    Args:
        settings: The environment.
        others: All others of the project by name; None has faults of its own.
    """
    own = _section(settings)
    if own is None:
        return
    if own.environment not in others:
        allowed = f"an environment of the project: {', '.join(sorted(others)) or 'there is no other'}"
        fix = f"write config/environments/{own.environment}.yaml, or name another one"
        yield Disagreement(("environment",), own.environment, allowed, fix)
        return
    other = others[own.environment]
    if other is None:
        return
    yield from _place(settings, own, other)
    yield from _direction(settings, own, other)
    yield from _likeness(settings, own, other)


def _section(settings: Settings) -> SecondRegionSettings | None:
    found: SecondRegionSettings | None = getattr(settings.features, _NAME, None)
    return found


def _place(settings: Settings, own: SecondRegionSettings, other: Settings) -> Iterator[Disagreement]:
    if own.region != other.region:
        where = f"{other.region}, where {own.environment} is"
        yield Disagreement(("region",), own.region, where, "name the region of that environment")
    if settings.region == other.region:
        allowed = f"an environment of another region than {settings.region}"
        fix = "give it another region: one region's loss takes both"
        yield Disagreement(("environment",), own.environment, allowed, fix)
    if (settings.account, settings.project) != (other.account, other.project):
        allowed = f"an environment of project {settings.project} in account {settings.account}"
        fix = "keys and roles of the two know each other by names of one account"
        yield Disagreement(("environment",), own.environment, allowed, fix)


def _direction(settings: Settings, own: SecondRegionSettings, other: Settings) -> Iterator[Disagreement]:
    theirs = _section(other)
    if theirs is None or theirs.environment != settings.environment:
        allowed = f"an environment whose features.{_NAME}.environment is {settings.environment}"
        fix = f"lake feature add {_NAME} --env {own.environment}, and name this one there"
        yield Disagreement(("environment",), own.environment, allowed, fix)
        return
    for here, there in (("sends", "receives"), ("receives", "sends")):
        if getattr(own, here) is not None and getattr(theirs, there) is None:
            allowed = f"null, as long as {own.environment} has {there}: null"
            fix = f"set {there} in {own.environment}, or null here"
            yield Disagreement((here,), "set", allowed, fix)


def _likeness(settings: Settings, own: SecondRegionSettings, other: Settings) -> Iterator[Disagreement]:
    """What both need so that a lake of the copy is the same lake."""
    if own.receives is None:
        return
    if settings.masking_key_of != other.environment and other.masking_key_of != settings.environment:
        allowed = f"a pair with one masking key, or persons get other pseudonyms than in {other.environment}"
        fix = f"set masking_key_of: {other.environment} here"
        yield Disagreement(("receives",), "set", allowed, fix)
    if (settings.storage.object_lock_days is None) != (other.storage.object_lock_days is None):
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
        allowed = f"a pair in which both have storage.object_lock_days, or neither as {other.environment}"
        yield Disagreement(("receives",), "set", allowed, "set it in both before the buckets are made")
