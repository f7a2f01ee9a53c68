"""Reads foreign keys, and checks them against the datasets that they point to.

They tell people and the catalogue how datasets join. No job enforces them: in a lake a record may well
arrive before the one that it refers to.
"""

from collections.abc import Iterable, Mapping

from config.document import KeyPath
from config.faults import Fault, nearest, one_of
from lakehouse.model.dataset import Dataset, Relationship
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import SchemaObject

_PARTS = (2, 3)
_FORM = "dataset.column, or domain.dataset.column"


def read_relationships(table: SchemaObject, domain: str, findings: Findings) -> tuple[Relationship, ...]:
    """Return the relationships of the table and of its columns; a target without a domain is in `domain`."""
    found = []
    columns = [column["name"] for column in table.get("properties", [])]
    for at, column in enumerate(table.get("properties", [])):
        for number, entry in enumerate(column.get("relationships", [])):
            path: KeyPath = ("schema", 0, "properties", at, "relationships", number, "to")
            found.append(_relationship([column["name"]], entry["to"], domain, path, findings))
    for at, entry in enumerate(table.get("relationships", [])):
        path = ("schema", 0, "relationships", at)
        own = [name.split(".")[-1] for name in _listed(entry["from"])]
        for name in own:
            if name not in columns:
                findings.add((*path, "from"), name, one_of(columns), nearest(name, columns))
        found.append(_relationship(own, entry["to"], domain, (*path, "to"), findings))
    return tuple(each for each in found if each is not None)


def _relationship(
    columns: list[str], to: object, domain: str, path: KeyPath, findings: Findings
) -> Relationship | None:
    targets = [name.split(".") for name in _listed(to)]
    if any(len(parts) not in _PARTS for parts in targets):
        findings.add(path, to, _FORM, "name the column that it refers to")
        return None
    ids = {"/".join(parts[:-1]) if len(parts) == max(_PARTS) else f"{domain}/{parts[0]}" for parts in targets}
    if len(ids) != 1 or len(targets) != len(columns):
        findings.add(path, to, "as many columns as refer to it, all of one dataset", "list them in pairs")
        return None
    return Relationship(tuple(columns), ids.pop(), tuple(parts[-1] for parts in targets))


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def check_relationships(datasets: Iterable[Dataset], unread: set[str]) -> list[Fault]:
    """Find relationships to datasets or columns that do not exist, or whose types differ.

    `unread` are ids of contracts with faults so grave that their columns are unknown.
    """
    by_id = {dataset.id: dataset for dataset in datasets}
    return [
        fault
        for dataset in by_id.values()
        for relationship in dataset.relationships
        if relationship.target not in unread
        for fault in _faults(dataset, relationship, by_id)
    ]


def _faults(dataset: Dataset, relationship: Relationship, by_id: Mapping[str, Dataset]) -> Iterable[Fault]:
    place = f"relationships of {', '.join(relationship.columns)}"
    target = by_id.get(relationship.target)
    if target is None:
        fix = nearest(relationship.target, by_id)
        yield Fault(dataset.source, place, relationship.target, "a dataset of the lake", fix)
        return
    own = {field.name: field.type for field in dataset.fields}
    theirs = {field.name: field.type for field in target.fields}
    for mine, name in zip(relationship.columns, relationship.target_columns, strict=True):
        if name not in theirs:
            got = f"{name} of {target.id}"
            yield Fault(dataset.source, place, got, one_of(theirs), nearest(name, theirs))
        elif mine in own and own[mine] != theirs[name]:
            allowed = f"{name} of {target.id} of the same type as {mine}"
            yield Fault(
                dataset.source, place, f"{mine} and {name} of other types", allowed, "change one type"
            )
