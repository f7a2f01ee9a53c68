"""What the two environments of a share have to say alike, and what contracts have to hold for it."""

from collections.abc import Iterator, Mapping

from config.faults import nearest, one_of
from config.settings import Settings
from lakehouse.access.reading import readings
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.drafts import DRAFT
from stacks.features.feature import Disagreement
from stacks.features.sharing.settings import AgreementSettings, SharingSettings

_NAME = "sharing"
_OTHER_SIDE = {"shares": "reads", "reads": "shares"}


def agreement(settings: Settings, others: Mapping[str, Settings | None]) -> Iterator[Disagreement]:
    """Find what an environment says of another one of a share, and the other one does not.

    Args:
        settings: The environment.
        others: All others of the project by name; None has faults of its own.
    """
    if (own := _section(settings)) is None:
        return
    if settings.lake_formation.hybrid:
        # https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode-cross-account.html
        allowed = "an environment with lake_formation.hybrid: false, where grants alone open tables"
        yield Disagreement((), "set", allowed, "set hybrid: false, or share nothing")
    for side, path, entry in _entries(own):
        if entry.environment not in others:
            allowed = f"another environment of the project: {', '.join(sorted(others)) or 'there is none'}"
            fix = f"write config/environments/{entry.environment}.yaml, or name another one"
            yield Disagreement((*path, "environment"), entry.environment, allowed, fix)
        elif (other := others[entry.environment]) is not None:
            yield from _place(settings, path, entry, other)
            yield from _counterpart(settings, side, path, entry, other)
    yield from _personas(settings, own)


def fits(settings: Settings, lake: Lake) -> Iterator[Disagreement]:
    """Find what an environment shares or reads, and contracts or the access policy do not hold."""
    if (own := _section(settings)) is None:
        return
    known = {each.id: each for each in lake.datasets}
    for side, path, entry in _entries(own):
        if entry.persona not in lake.access.personas:
            known_personas = one_of(lake.access.personas)
            fix = nearest(entry.persona, lake.access.personas)
            yield Disagreement((*path, "persona"), entry.persona, known_personas, fix)
            continue
        for name in entry.datasets:
            where = (*path, "datasets")
            if name not in known:
                yield Disagreement(where, name, one_of(known), nearest(name, known))
            elif not readings(known[name], lake.access)[entry.persona].columns:
                allowed = f"datasets of which {entry.persona} reads a column"
                yield Disagreement(where, name, allowed, "name another persona, or leave it out")
            elif side == "shares" and _is_left_out(known[name], settings):
                allowed = "datasets that are deployed: this environment deploys no drafts"
                yield Disagreement(where, name, allowed, "set `status: active` in its contract")


def _section(settings: Settings) -> SharingSettings | None:
    found: SharingSettings | None = getattr(settings.features, _NAME, None)
    return found


def _entries(own: SharingSettings) -> Iterator[tuple[str, tuple[str, ...], AgreementSettings]]:
    """The side, the path and the entry, of every entry."""
    for side in _OTHER_SIDE:
        for index, entry in enumerate(getattr(own, side)):
            yield side, (side, str(index)), entry


def _place(
    settings: Settings, path: tuple[str, ...], entry: AgreementSettings, other: Settings
) -> Iterator[Disagreement]:
    if entry.account != other.account:
        allowed = f"{other.account}, where {entry.environment} is"
        yield Disagreement((*path, "account"), entry.account, allowed, "name the account of that environment")
    if settings.account == other.account:
        allowed = f"an environment of another account than {settings.account}"
        fix = "grant it to a persona: within an account there is nothing to share"
        yield Disagreement((*path, "environment"), entry.environment, allowed, fix)
    if (settings.project, settings.region) != (other.project, other.region):
        allowed = f"an environment of project {settings.project} in {settings.region}"
        fix = "share within one region: names of the two follow from one project, and links from one region"
        yield Disagreement((*path, "environment"), entry.environment, allowed, fix)


def _counterpart(
    settings: Settings, side: str, path: tuple[str, ...], entry: AgreementSettings, other: Settings
) -> Iterator[Disagreement]:
    there, theirs = _OTHER_SIDE[side], _section(other)
    entries: list[AgreementSettings] = [*getattr(theirs, there)] if theirs else []
    found = next((each for each in entries if each.environment == settings.environment), None)
    if found is None:
        allowed = f"an environment whose features.{_NAME}.{there} names {settings.environment}"
        fix = f"add an entry to {there} in {entry.environment}, or take this one away"
        yield Disagreement((*path, "environment"), entry.environment, allowed, fix)
        return
    if found.persona != entry.persona:
        allowed = f"{found.persona}, as in {entry.environment}"
        yield Disagreement((*path, "persona"), entry.persona, allowed, "say the same in both")
    if different := sorted({*found.datasets} ^ {*entry.datasets}):
        allowed = f"the datasets that {entry.environment} names in {there}"
        yield Disagreement(
            (*path, "datasets"), ", ".join(entry.datasets), allowed, f"see {', '.join(different)}"
        )


def _personas(settings: Settings, own: SharingSettings) -> Iterator[Disagreement]:
    known = settings.people.personas
    for index, entry in enumerate(own.reads):
        for name in entry.personas:
            if name not in known:
                path = ("reads", str(index), "personas")
                yield Disagreement(path, name, f"people.personas here: {one_of(known)}", nearest(name, known))


def _is_left_out(dataset: Dataset, settings: Settings) -> bool:
    return dataset.documentation.status == DRAFT and not settings.drafts
