"""Reads what a contract says of single personas, beside the policy of the lake."""

from collections.abc import Iterator

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.access.reading import readings
from lakehouse.model.access import NOBODY, AccessPolicy, Reader
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Contract, Role
from lakehouse.sql.row_filter import ALLOWED, row_filter_problems
from lakehouse.targets.iceberg import columns

COLUMNS, ROWS = "lake.columns", "lake.rows"

_PLACE: KeyPath = ("roles",)


def read_readers(
    contract: Contract, dataset: Dataset, policy: AccessPolicy, findings: Findings
) -> tuple[Reader, ...]:
    """Return what the contract says of each persona that it names, in its order."""
    roles = [] if policy is NOBODY else contract.get("roles", [])  # faults of the policy are told there
    found: dict[str, Reader] = {}
    for at, role in enumerate(roles):
        path = (*_PLACE, at)
        name = role["role"]
        if name not in policy.personas:
            findings.add((*path, "role"), name, one_of(policy.personas), nearest(name, policy.personas))
            continue
        if name in found:
            findings.add((*path, "role"), name, "each persona once", "remove one of them")
        if role.get("access", "read") != "read":
            findings.add((*path, "access"), role["access"], "read", "remove it: jobs alone write tables")
        found[name] = _reader(role, dataset, path, findings)
    _check_promises([*found.values()], dataset, policy, findings)
    return tuple(found.values())


def _reader(role: Role, dataset: Dataset, path: KeyPath, findings: Findings) -> Reader:
    said = {}
    for at, custom in enumerate(role.get("customProperties", [])):
        place = (*path, "customProperties", at)
        if custom["property"] in (COLUMNS, ROWS):
            said[custom["property"]] = custom["value"], (*place, "value")
        elif custom["property"].startswith("lake."):
            known = (COLUMNS, ROWS)
            fix = nearest(custom["property"], known)
            findings.add((*place, "property"), custom["property"], one_of(known), fix)
    named = _columns(*said[COLUMNS], dataset, findings) if COLUMNS in said else None
    rows = _rows(*said[ROWS], dataset, findings) if ROWS in said else None
    return Reader(role["role"], named, rows)


def _columns(value: object, path: KeyPath, dataset: Dataset, findings: Findings) -> tuple[str, ...]:
    names = [field.name for field in columns(dataset)]
    given = value if isinstance(value, list) else [value]
    for each in given:
        if each not in names:
            findings.add(path, each, f"a list of {one_of(names)}", nearest(each, names))
    if len(set(map(str, given))) < len(given):
        findings.add(path, value, "each column once", "remove the repeated one")
    return tuple(str(each) for each in given)


def _rows(value: object, path: KeyPath, dataset: Dataset, findings: Findings) -> str:
    types = {field.name: field.type for field in columns(dataset)}
    partitions = [each.source for each in dataset.partition if each.transform == "identity"]
    if not isinstance(value, str):
        findings.add(path, value, ALLOWED, "write the condition as a text")
    else:
        for problem in row_filter_problems(value, types, partitions):
            findings.add(path, problem, ALLOWED, "write another condition")
    return " ".join(str(value).split())


def _check_promises(
    readers: list[Reader], dataset: Dataset, policy: AccessPolicy, findings: Findings
) -> None:
    """Find personas whom the contract counts as readers, and whom nothing lets read a column."""
    for name in _unreadable(readers, dataset, policy):
        at = next(at for at, reader in enumerate(readers) if reader.persona == name)
        allowed = f"{one_of(policy.readers(dataset.layer))}, who read {dataset.layer}"
        fix = f"remove it, name its columns in {COLUMNS}, or let the policy say so"
        findings.add((*_PLACE, at, "role"), name, allowed, fix)


def _unreadable(readers: list[Reader], dataset: Dataset, policy: AccessPolicy) -> Iterator[str]:
    found = readings(dataset, policy)
    yield from (each.persona for each in readers if each.columns is None and not found[each.persona].columns)
