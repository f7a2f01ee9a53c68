"""The table of service integrations: one row for each request that an AWS service makes by itself.

The rows are files, `edges/*.yaml` here, and `edges.yaml` in the folder of a feature that has some, so that
they come and go with it. A row that cannot be read stops the command: a row that is passed over would seem
to be kept. Beside the requests they tell what an account has once.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from config.faults import Fault, InvalidInputError
from config.section import Section

_OWN = Path(__file__).parent / "edges"
_FEATURES = Path("stacks") / "features"


class Edge(Section):
    """One request, or one property that must be set for a service to work with another."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    kind: str
    """Who works with whom, for the summary."""
    at: str
    """Type of the resource where it is found, or `grant <action>`: whoever may do that by a policy."""
    each: str | None = None
    """Path to the things in the resource that each make one request, named `item` from there on."""
    where: dict[str, str | None] = Field(default_factory=dict)
    """Paths, and the pattern that one of their values has; `!` before it: none has; null: there is none.

    `a or b` is either pattern.
    """
    service: str | None = None
    """Principal of the service that asks for itself."""
    role: str | None = None
    """Path to the ARN of the role that asks, or `deployer`."""
    actions: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    """ARNs in the forms that the service sends; all of them must be allowed.

    `key/of-the-account` is some key that is not in the templates and leaves it to IAM who uses it.
    """
    via: str | None = None
    """Service through which a key is used with the caller's rights, as `kms:ViaService` names it."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Condition keys that are sent, the encryption context among them."""
    undecided: dict[str, str] = Field(default_factory=dict)
    """Condition keys of which nobody knows whether they are sent: what rests on them is a warning."""
    at_create: bool = False
    """The service asks while the resource is made, so that policies must be there before."""
    must: dict[str, str | None] = Field(default_factory=dict)
    """Paths with the pattern that every value must have, instead of a request."""
    after: str | None = None
    """Resources that must be made before, instead of a request: their type, or a path to their ARNs."""
    breaks: str
    """What happens where it is refused."""
    fix: str
    page: str = Field(pattern=r"^https://")
    sources: tuple[str, ...] = ()
    """Reports of real accounts, and further pages."""
    confidence: Literal["error", "warning"] = "error"
    """A warning is not known for sure: try it before you rely on it."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Edge":
        asks = bool(self.actions and self.resource) and bool(self.service) != bool(self.role)
        if sum((asks, bool(self.must), bool(self.after))) != 1:
            raise ValueError("a row has `must`, `after`, or actions, resource and one of service and role")
        return self


class Once(Section):
    """Something that an account has once, or few times, and that may be there already."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    at: str
    """Type of the resources that make it matter."""
    where: dict[str, str | None] = Field(default_factory=dict)
    what: str
    look: str
    """Command that shows what is there."""
    then: str
    page: str = Field(pattern=r"^https://")


class Table(Section):
    """All rows, or those of one file."""

    edges: tuple[Edge, ...] = ()
    once: tuple[Once, ...] = ()


@cache
def table(root: Path) -> Table:
    """Return every row, with those of the features of the project at this path.

    Raises:
        InvalidInputError: A row is not as it should be, or an id is there twice.
    """
    return _read([*_own(), *sorted((root / _FEATURES).glob("*/edges.yaml"))])


def own_rows() -> Table:
    """Return the rows that every project has."""
    return _read(_own())


def rows_of(root: Path, feature: str) -> Table:
    """Return the rows of one feature."""
    return _read(sorted((root / _FEATURES / feature).glob("edges.yaml")))


def _own() -> list[Path]:
    return sorted(_OWN.glob("*.yaml"))


def _read(files: Sequence[Path]) -> Table:
    faults: list[Fault] = []
    found: list[Table] = []
    for file in files:
        text = json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")))
        try:
            found.append(Table.model_validate_json(text))
        except ValidationError as error:
            faults += _faults(file, error)
    whole = Table(
        edges=tuple(edge for each in found for edge in each.edges),
        once=tuple(once for each in found for once in each.once),
    )
    faults += _repeated(whole.edges) + _repeated(whole.once)
    if faults:
        raise InvalidInputError(faults)
    return whole


def _repeated(rows: Sequence[Edge | Once]) -> list[Fault]:
    names = Counter(row.id for row in rows)
    return [
        Fault("edges", "id", name, "an id of its own", "rename it")
        for name, count in names.items()
        if count > 1
    ]


def _faults(file: Path, error: ValidationError) -> Iterator[Fault]:
    for each in error.errors():
        path = ".".join(str(part) for part in each["loc"])
        yield Fault(str(file), path, each["input"], each["msg"], "see tools/preflight/edge.py")
