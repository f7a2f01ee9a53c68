"""Which stack of its domain holds a dataset, and whether AWS accepts the stacks that follow.

The place is written in the contract (`lake.part`), so a new dataset never moves another.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from config.faults import Fault
from lakehouse.layout.retention import too_many_expiries
from lakehouse.model.dataset import Lake, Layer, Mode
from lakehouse.model.size import BYTES_MAX, RESOURCES_MAX, Size
from lakehouse.placement.template_size import EMPTY, KINDS, dataset_size, shared_size
from lakehouse.targets.dqdl import ruleset

PLATFORM_STACKS = ("Foundation", "Storage", "Governance", "Ingestion", "Analytics", "Observability")
"""Ids of the stacks that every lake has beside those of its domains."""

SHARED_PART = 1
"""The part that also holds what all datasets of the domain share: databases, jobs, pipeline."""

SOURCES_MAX = 15
"""Databases of other domains that products of one domain may read: its job's policy names each of them.

A role's policies hold 10,240 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

RULESET_MAX = 65_536
"""Characters of a ruleset: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDataQualityRuleset.html"""

_FULL = 0.8
"""Share of a part that new datasets may fill: the rest is for columns and rules that come later."""

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


def sizes(lake: Lake) -> dict[tuple[str, int], Size]:
    """Return what each part of each domain takes of its template at most."""
    found: dict[tuple[str, int], Size] = defaultdict(lambda: EMPTY)
    for domain in lake.domains:
        found[domain, SHARED_PART] += shared_size(len(sources(lake, domain)), _rules_about(lake, domain))
    for dataset in lake.datasets:
        found[dataset.domain, dataset.part] += dataset_size(dataset, len(lake.access.personas))
    return dict(found)


def _rules_about(lake: Lake, domain: str) -> int:
    rules = (rule for persona in lake.access.personas.values() for rule in persona.reads)
    return sum(domain in (rule.domains or ()) for rule in rules)


def next_part(lake: Lake, domain: str, mode: Mode | None) -> int:
    """Return the first part of a domain with room for one more dataset; mode None means a gold product."""
    taken = sizes(lake)
    wanted = KINDS[mode] + Size(bytes=_NEW_DATASET_BYTES)
    return next(
        part
        for part in count(SHARED_PART)
        if (domain, part) not in taken or (taken[domain, part] + wanted).within(_FULL)
    )


def overfull(lake: Lake) -> list[Fault]:
    """Find domains whose stacks AWS would refuse."""
    return [
        *_too_large(lake),
        *_same_name(lake),
        *_too_many_sources(lake),
        *_too_long_rulesets(lake),
        *too_many_expiries(lake),
    ]


def _too_large(lake: Lake) -> Iterator[Fault]:
    for (domain, part), taken in sizes(lake).items():
        if not taken.within(1):
            yield Fault(
                f"contracts/{domain}",
                "lake.part",
                f"{taken.resources} resources and {taken.bytes} bytes in part {part} of {domain}",
                f"up to {RESOURCES_MAX} resources and {BYTES_MAX} bytes in the template of a part",
                f"set lake.part: {next_part(lake, domain, Mode.STREAM)} in its newest contracts",
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
