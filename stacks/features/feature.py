"""What a feature says of itself: an optional system in one folder, on where an environment has its section.

A feature `<name>` is the folder `stacks/features/<name>` with:

- `feature.py`: `FEATURE`, a `Feature`. Settings and contracts load it, so it imports no CDK and no boto3.
- `settings.py`: the section under `features.<name>` of an environment, which switches it on.
- `example.yaml`: that section with values to start from.
- `stack.py`: `Builder`, a `stacks.features.builder.FeatureBuilder`. It is imported where the feature is on.
- `README.md`: what it does, costs and needs, and what of it never ran on AWS.

Folders and modules of its name elsewhere belong to it: `lake feature remove` lists them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.faults import Fault
from config.section import Section
from config.settings import Settings
from lakehouse.model.dataset import Content, Dataset, Lake, Layer, Mode
from lakehouse.model.size import Size
from lakehouse.odcs.findings import Findings


def _nothing(datasets: Sequence[Dataset], root: Path) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True)
class Disagreement:
    """A setting of a feature that another environment or a contract contradicts; all texts are for people."""

    path: tuple[str, ...]
    """Below the feature's section."""
    got: str
    allowed: str
    fix: str


def _agreed(settings: Settings, others: Mapping[str, Settings | None]) -> Iterable[Disagreement]:
    return ()


def _fitting(settings: Settings, lake: Lake) -> Iterable[Disagreement]:
    return ()


@dataclass(frozen=True)
class SourceHook:
    """How a feature brings records: what contracts tell it in `lake.ingestion.source`, beside its name."""

    mode: Mode
    content: Content
    """How its records arrive: the only way for datasets that name it."""
    options: type[Section]
    """The keys beside `feature`; all values are texts."""
    read: Callable[[Dataset, Path, Findings], Mapping[str, str]] = lambda *_: {}
    """Notes what is wrong with a dataset that names the feature, in the project at this path.

    Returns the texts of files beside its contract that the feature needs, by name.
    """
    check_all: Callable[[Sequence[Dataset], Path], Iterable[Fault]] = _nothing
    """Finds what is wrong between all datasets of the project at this path."""
    size: Callable[[Dataset], Size] = lambda _: Size()
    """What the feature adds to the template of a dataset's stack at most."""


@dataclass(frozen=True)
class Feature:
    """One optional system."""

    title: str
    """What it does, in a few words."""
    section: type[Section]
    """Its settings."""
    idle_cost: str
    """What it costs in a month in which nothing happens, and where; `unknown` if it is not known."""
    laptop: str
    """What of it runs on the embedded AWS."""
    stacks: tuple[str, ...] = ()
    """Ids of the stacks that it deploys, beside what it adds to others."""
    source: SourceHook | None = None
    """None: it brings no records."""
    storing: Mapping[Layer, str] = field(default_factory=dict)
    """The service that encrypts storage of its own with the key of a layer, as `kms:ViaService` names it."""
    once: tuple[str, ...] = ()
    """Settings that at most one environment of an account and region may have true, since AWS has there but
    one of what they make; one in a section of the feature's is named with a dot, as `<section>.<key>`."""
    once_false: tuple[str, ...] = ()
    """Settings that say that there is one already, and that at most one environment may have false."""
    agreement: Callable[[Settings, Mapping[str, Settings | None]], Iterable[Disagreement]] = _agreed
    """Finds what an environment says of others of its project that does not hold there. They are given by
    name; None is one that has faults of its own."""
    everywhere: bool = False
    """Whether it changes what any stack holds, beside those that features share."""
    fits: Callable[[Settings, Lake], Iterable[Disagreement]] = _fitting
    """Finds what an environment says of contracts, those that it does not deploy included, that does not
    hold."""
    patches: tuple[str, ...] = ()
    """Folders of `local/patches` that nothing else needs."""
