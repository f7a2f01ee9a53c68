"""Loads the whole lake: every contract, checked by itself and against the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.document import read
from config.faults import Fault, InvalidInputError
from lakehouse.access.load import load_access, unknown_domains
from lakehouse.layout.cdc import silver_tables
from lakehouse.model.access import NOBODY, AccessPolicy
from lakehouse.model.dataset import Dataset, Lake, Layer
from lakehouse.model.lineage import circle_warnings
from lakehouse.model.table_rules import Metric
from lakehouse.odcs.dataset import read_dataset
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.head import SUFFIX, stem
from lakehouse.odcs.lake.products import build_order, connect, sql_path
from lakehouse.odcs.lake.shared_streams import check_shared_streams
from lakehouse.odcs.lake.unit_tests import TESTS
from lakehouse.odcs.relationships import check_relationships
from lakehouse.odcs.rules.sources import with_source
from lakehouse.odcs.standard import conforming
from lakehouse.placement.parts import overfull
from lakehouse.targets.iceberg import columns
from stacks.features.registry import sources as features

CONTRACTS = "contracts"
"""Folder of the contracts, relative to the project."""


@dataclass(frozen=True)
class _Entry:
    where: str
    contract_id: str | None = None
    dataset: Dataset | None = None
    warnings: tuple[Fault, ...] = ()

    def identities(self) -> Iterator[tuple[str, str]]:
        """What no other contract may have; streams and jobs join domain and dataset with one hyphen."""
        if self.contract_id is not None:
            yield "contract id", self.contract_id
        if self.dataset is not None:
            yield "dataset", self.dataset.id
            yield from (("table", name) for name in silver_tables(self.dataset))
            yield "physical name", self.dataset.id.replace("/", "-").replace("_", "-")


def load_lake(root: Path, policy: AccessPolicy | None = None) -> Lake:
    """Read every contract below `contracts/` of the project at `root`.

    Datasets come by domain; within one, sources by name, then products after what they read.

    Args:
        root: Folder of the project.
        policy: What people may read, instead of what the project says.

    Raises:
        InvalidInputError: anything is wrong with any contract or SQL file; holds every fault.
    """
    found = _stray(root)
    try:
        policy = policy or load_access(root)
    except InvalidInputError as error:
        policy = NOBODY
        found += error.faults
    entries = []
    for path in sorted((root / CONTRACTS).rglob(f"*{SUFFIX}")):
        entry, faults = _read(path, root, policy)
        entries.append(entry)
        found += faults
    if not entries:
        found.append(
            Fault(CONTRACTS, "folder", "no contract", f"<domain>/<dataset>{SUFFIX}", "add a contract")
        )
    found += _repeated(entries)
    datasets = [entry.dataset for entry in entries if entry.dataset is not None]
    unread = {stem(entry.where) for entry in entries if entry.dataset is None}
    unseen = unread | _misnamed(entries)
    products, faults = _products(datasets, unseen)
    ranks, cycles = build_order(products)
    found += [*faults, *cycles, *check_relationships(datasets, unseen), *_unmeasurable(datasets)]
    found += check_shared_streams(datasets)
    if not unread:
        found += [fault for hook in features().values() for fault in hook.check_all(datasets, root)]
        found += unknown_domains(policy, tuple({dataset.domain for dataset in datasets}))
    if found:
        raise InvalidInputError(found)
    sources = [dataset for dataset in datasets if dataset.layer is not Layer.GOLD]
    products.sort(key=lambda each: ranks[each.id])
    lake = Lake(
        tuple(sorted([*sources, *products], key=lambda each: each.domain)),
        policy,
        tuple(warning for entry in entries for warning in entry.warnings),
    )
    if too_large := overfull(lake):
        raise InvalidInputError(too_large)
    return replace(lake, warnings=(*lake.warnings, *circle_warnings(lake)))


def _misnamed(entries: Iterable[_Entry]) -> set[str]:
    """Return ids of datasets that call themselves otherwise than their files, by which others know them."""
    return {stem(each.where) for each in entries if each.dataset and each.dataset.id != stem(each.where)}


def _read(path: Path, root: Path, policy: AccessPolicy) -> tuple[_Entry, list[Fault]]:
    where = path.relative_to(root).as_posix()
    try:
        findings = Findings(read(path, root))
    except InvalidInputError as error:
        return _Entry(where), list(error.faults)
    contract = conforming(findings)
    if contract is None:
        return _Entry(where), findings.faults
    sql = _sql(root, sql_path(where), findings)
    dataset = read_dataset(contract, sql, policy, findings)
    if dataset is not None:
        dataset = with_source(dataset, root, features(), findings)
    return _Entry(where, contract["id"], dataset, tuple(findings.warnings)), findings.faults


def _sql(root: Path, where: str, findings: Findings) -> str | None:
    try:
        return (root / where).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        findings.faults.append(Fault(where, "file", error.reason, "text in UTF-8", "save the file as UTF-8"))
        return (root / where).read_text(encoding="utf-8", errors="replace")


def _products(datasets: Iterable[Dataset], unread: set[str]) -> tuple[list[Dataset], list[Fault]]:
    known = {f"{dataset.layer}_{dataset.domain}.{dataset.name}": dataset for dataset in datasets}
    products = [dataset for dataset in datasets if dataset.layer is Layer.GOLD and dataset.sql is not None]
    return connect(products, known, unread) if products else ([], [])


def _stray(root: Path) -> list[Fault]:
    """Find files that look like part of a contract, and would be passed over in silence."""
    found = []
    for path in (root / CONTRACTS).rglob("*"):
        where = path.relative_to(root).as_posix()
        if path.suffix in (".yaml", ".yml") and not path.name.endswith((SUFFIX, TESTS)):
            allowed = f"names that end in {SUFFIX} or {TESTS}"
            found.append(Fault(where, "file", path.name, allowed, "rename or remove the file"))
        sql = path.with_name(path.name.removesuffix(TESTS) + ".sql")
        if path.name.endswith(TESTS) and not sql.is_file():
            found.append(
                Fault(where, "file", path.name, "tests beside the SQL of a product", f"add {sql.name}")
            )
        if path.suffix == ".sql" and not path.with_suffix(SUFFIX).is_file():
            found.append(
                Fault(where, "file", path.name, "SQL beside its gold contract", f"add a {SUFFIX} contract")
            )
    return found


def _repeated(entries: Iterable[_Entry]) -> list[Fault]:
    """Find contracts that share an id, a dataset, or the physical names made of domain and dataset."""
    found = []
    first: dict[tuple[str, str], str] = {}
    for entry in entries:
        for what, value in entry.identities():
            holder = first.setdefault((what, value), entry.where)
            if holder != entry.where:
                allowed = f"a {what} of its own; {holder} has this one"
                found.append(Fault(entry.where, what, value, allowed, "rename one of them"))
    return found


def _unmeasurable(datasets: Iterable[Dataset]) -> list[Fault]:
    """Find rules whose query cannot be measured on the dataset's own table."""
    ruled = [(dataset, rule) for dataset in datasets for rule in dataset.rules if rule.metric is Metric.SQL]
    if not ruled:
        return []
    from lakehouse.sql.rules import check_rule_query  # noqa: PLC0415 (the parser is slow to import)

    return [
        Fault(dataset.source, f"quality rule {rule.name}", problem.got, problem.allowed, problem.fix)
        for dataset, rule in ruled
        for problem in check_rule_query(rule, {field.name: field.type for field in columns(dataset)})
    ]
