"""Which stack of its domain holds a dataset, and whether that stack still fits what AWS allows.

The place is written in the contract (`lake.part`), so a new dataset never moves another. Sizes are estimates
that a test of the templates keeps at or above the real ones.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from config.faults import Fault
from lakehouse.dqdl import ruleset
from lakehouse.iceberg import table_schema
from lakehouse.model import Dataset, Lake, Layer, Mode

SHARED_PART = 1
"""The part that also holds what all datasets of the domain share: databases, jobs, pipeline."""

RESOURCES_MAX = 500
BYTES_MAX = 1_000_000
"""Resources and size of one template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

SOURCES_MAX = 15
"""Databases of other domains that products of one domain may read: its job's policy names each of them.

A role's policies hold 10,240 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

RULESET_MAX = 65_536
"""Characters of a ruleset: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDataQualityRuleset.html"""

_FULL = 0.8
"""Share of a part that new datasets may fill: the rest is for columns and rules that come later."""


@dataclass(frozen=True)
class Size:
    """What something takes of a template."""

    resources: int = 0
    bytes: int = 0

    def __add__(self, other: "Size") -> "Size":
        """Both together."""
        return Size(self.resources + other.resources, self.bytes + other.bytes)

    def within(self, share: float) -> bool:
        """Whether it fits into this share of a template."""
        return self.resources <= share * RESOURCES_MAX and self.bytes <= share * BYTES_MAX


_PART = Size(0, 2_000)
_SHARED = Size(20, 26_000)
"""Databases, tables of results, jobs and pipeline."""

_SOURCE_BYTES = 500
"""Bytes of the right to read one database of another domain."""

_KINDS = {
    Mode.STREAM: Size(12, 14_000),
    Mode.FILES: Size(5, 8_000),
    None: Size(4, 4_000),
}
"""A dataset without its columns and rules, by how it arrives; None is a gold product."""

_BRONZE_COLUMN = 50
"""Bytes of a column of a bronze table beside its name and description."""

_NEW_DATASET_BYTES = 50_000
"""Bytes of columns and rules that are assumed of a dataset before it is written: some hundred columns."""


def stack_id(domain: str, part: int) -> str:
    """Return the id of the stack that holds this part of a domain: `DomainSales`, `DomainSalesPart2`."""
    name = "Domain" + domain.title().replace("_", "")
    return name if part == SHARED_PART else f"{name}Part{part}"


def parts(lake: Lake, domain: str) -> tuple[int, ...]:
    """Return the parts of a domain in ascending order; the shared one is always there."""
    return tuple(sorted({SHARED_PART, *(dataset.part for dataset in lake.of_domain(domain))}))


def sources(lake: Lake, domain: str) -> set[tuple[Layer, str]]:
    """Return layer and domain of what the products of a domain read, without the domain's own gold."""
    by_id = {dataset.id: dataset for dataset in lake.datasets}
    inputs = (by_id[name] for product in lake.of_domain(domain) for name in product.inputs)
    return {(dataset.layer, dataset.domain) for dataset in inputs} - {(Layer.GOLD, domain)}


def size(dataset: Dataset) -> Size:
    """Return what a dataset takes of its template at most."""
    mode = None if dataset.ingestion is None else dataset.ingestion.mode
    bronze = sum(_BRONZE_COLUMN + _written(field.name + field.description) for field in dataset.fields)
    texts = [json.dumps(table_schema(dataset)), ruleset(dataset), dataset.description * 2]
    return _KINDS[mode] + Size(bytes=bronze + sum(_written(text) for text in texts))


def sizes(lake: Lake) -> dict[tuple[str, int], Size]:
    """Return what each part of each domain takes of its template at most."""
    found: dict[tuple[str, int], Size] = defaultdict(lambda: _PART)
    for domain in lake.domains:
        found[domain, SHARED_PART] += _SHARED + Size(bytes=_SOURCE_BYTES * len(sources(lake, domain)))
    for dataset in lake.datasets:
        found[dataset.domain, dataset.part] += size(dataset)
    return dict(found)


def next_part(lake: Lake, domain: str, mode: Mode | None) -> int:
    """Return the first part of a domain with room for one more dataset; mode None means a gold product."""
    taken = sizes(lake)
    wanted = _KINDS[mode] + Size(bytes=_NEW_DATASET_BYTES)
    return next(
        part
        for part in count(SHARED_PART)
        if (domain, part) not in taken or (taken[domain, part] + wanted).within(_FULL)
    )


def overfull(lake: Lake) -> list[Fault]:
    """Find domains whose stacks AWS would refuse."""
    return [*_too_large(lake), *_same_name(lake), *_too_many_sources(lake), *_too_long_rulesets(lake)]


def _too_large(lake: Lake) -> Iterator[Fault]:
    for (domain, part), taken in sizes(lake).items():
        if not taken.within(1):
            yield Fault(
                f"contracts/{domain}",
                "lake.part",
                f"{taken.resources} resources and {taken.bytes} bytes in part {part} of {domain}",
                f"up to {RESOURCES_MAX} resources and {BYTES_MAX} bytes in the template of a part",
                f"set lake.part: {max(parts(lake, domain)) + 1} in the newest contracts of the domain",
            )


def _same_name(lake: Lake) -> Iterator[Fault]:
    holders: dict[str, str] = {}
    for domain in lake.domains:
        for part in parts(lake, domain):
            stack = stack_id(domain, part)
            holder = holders.setdefault(stack, f"part {part} of {domain}")
            if holder != f"part {part} of {domain}":
                allowed = f"a stack of its own for each part of each domain; {holder} has this one"
                yield Fault(f"contracts/{domain}", "domain", stack, allowed, "rename one of the domains")


def _too_many_sources(lake: Lake) -> Iterator[Fault]:
    for domain in lake.domains:
        foreign = {f"{layer}_{other}" for layer, other in sources(lake, domain) if other != domain}
        if len(foreign) > SOURCES_MAX:
            yield Fault(
                f"contracts/{domain}",
                "sql",
                f"products that read {len(foreign)} databases of other domains",
                f"up to {SOURCES_MAX}: the policy of the domain's job names each of them",
                "give some of the products a domain of their own",
            )


def _too_long_rulesets(lake: Lake) -> Iterator[Fault]:
    for dataset in lake.datasets:
        length = len(ruleset(dataset))
        if length > RULESET_MAX:
            got, allowed = (
                f"rules of {length} characters in DQDL",
                f"up to {RULESET_MAX} in a ruleset of Glue",
            )
            fix = "split the dataset, or drop rules that do not pay"
            yield Fault(dataset.source, "schema[0].properties", got, allowed, fix)


def _written(text: str) -> int:
    """Bytes of a text inside the JSON of a template."""
    return len(json.dumps(text, ensure_ascii=False).encode())
