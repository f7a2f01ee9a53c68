"""Who reads whom: the order in which datasets are made, and in which the pipelines of domains run.

No dataset is made of itself. Domains may read each other in a circle all the same: a product of the one reads
silver of the other, and a product of the other reads silver of the one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter

from config.faults import Fault, InvalidInputError, nearest, one_of
from lakehouse.model.dataset import Lake

Graph = Mapping[str, Iterable[str]]
"""What each node reads."""


def ranks(inputs: Graph) -> dict[str, int]:
    """Return the length of the longest path that leads to each node.

    Raises:
        graphlib.CycleError: the graph has a cycle.
    """
    found: dict[str, int] = {}
    for node in TopologicalSorter(inputs).static_order():
        found[node] = max((found[each] + 1 for each in inputs.get(node, ())), default=0)
    return found


def reach(start: str, joined: Graph) -> set[str]:
    """Return a node with all that can be reached from it."""
    reached, waiting = {start}, [start]
    while waiting:
        new = set(joined.get(waiting.pop(), ())) - reached
        reached |= new
        waiting += new
    return reached


def selection(lake: Lake, names: Iterable[str]) -> Lake:
    """Return the lake of some domains and datasets alone, with all that they read.

    Args:
        lake: The whole lake.
        names: Domains, ids of datasets, and names of datasets that one domain alone has.

    Raises:
        InvalidInputError: A name is none of these; holds a fault for each.
    """
    inputs = {dataset.id: dataset.inputs for dataset in lake.datasets}
    wanted: set[str] = set()
    faults = []
    for name in names:
        found = [each.id for each in lake.datasets if name in (each.domain, each.id)]
        found = found or [each.id for each in lake.datasets if name == each.name]
        if not found or (len(found) > 1 and name not in (*lake.domains, *inputs)):
            allowed = found or [*lake.domains, *inputs]
            fix = "name its domain" if found else nearest(name, allowed)
            faults.append(Fault("selection", name, name, one_of(allowed), fix))
        wanted |= set().union(*(reach(id_, inputs) for id_ in found))
    if faults:
        raise InvalidInputError(faults)
    return replace(lake, datasets=tuple(each for each in lake.datasets if each.id in wanted))


def domain_inputs(lake: Lake) -> dict[str, set[str]]:
    """Return for each domain the other domains whose datasets its products read."""
    domain_of = {dataset.id: dataset.domain for dataset in lake.datasets}
    found: dict[str, set[str]] = {domain: set() for domain in lake.domains}
    for dataset in lake.datasets:
        found[dataset.domain] |= {domain_of[each] for each in dataset.inputs} - {dataset.domain}
    return found


def circles(lake: Lake) -> list[tuple[str, ...]]:
    """Return the groups of domains that read each other, also through others of the group."""
    return sorted({tuple(sorted(one)) for one in _circle_of(domain_inputs(lake)).values() if len(one) > 1})


def circle_warnings(lake: Lake) -> list[Fault]:
    """Tell of domains that no pipeline starts for what they read, since it would go round for ever."""
    allowed = "domains that read in one direction; in a circle, no pipeline starts another when it has ended"
    fix = "build the products in a domain of their own, or set processing.schedule"
    return [
        Fault(f"contracts/{circle[0]}", "sql", f"domains {', '.join(circle)} read each other", allowed, fix)
        for circle in circles(lake)
    ]


def starters(lake: Lake, domain: str) -> tuple[str, ...]:
    """Return the domains whose pipelines start that of this domain when they have ended.

    These are those that it reads, but for those of its own circle: they would start each other for ever.
    """
    read = domain_inputs(lake)
    return tuple(sorted(read[domain] - _circle_of(read)[domain]))


def waves(lake: Lake, domains: Iterable[str]) -> list[tuple[str, ...]]:
    """Return in which order to run the pipelines of some domains; those of one wave may run side by side.

    A domain runs once, after all that it reads. Domains of a circle run as often as data goes round in it:
    then each product has been built after its inputs.
    """
    wanted = set(domains)
    read = {domain: of & wanted for domain, of in domain_inputs(lake).items() if domain in wanted}
    circle = _circle_of(read)
    rounds = _rounds(lake, circle)
    before = {
        one: {circle[other] for member in one for other in read[member]} - {one} for one in circle.values()
    }
    first: dict[frozenset[str], int] = {}
    for one in TopologicalSorter(before).static_order():
        ends = (first[other] + max(max(rounds[member]) for member in other) + 1 for other in before[one])
        first[one] = max(ends, default=0)
    found: dict[int, list[str]] = {}
    for domain in sorted(wanted):
        for turn in rounds[domain]:
            found.setdefault(first[circle[domain]] + turn, []).append(domain)
    return [tuple(found[wave]) for wave in sorted(found)]


def _circle_of(read: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    """Return each domain's circle; a domain that is in none is alone in its own."""
    reached = {domain: reach(domain, read) for domain in read}
    return {
        domain: frozenset(other for other in reached[domain] if domain in reached[other]) for domain in read
    }


def _rounds(lake: Lake, circle: Mapping[str, frozenset[str]]) -> dict[str, set[int]]:
    """Return the rounds of its circle in which each domain has something to build.

    A dataset is built one round after those of other domains of the circle that it is made of.
    """
    datasets = {dataset.id: dataset for dataset in lake.datasets}
    round_of: dict[str, int] = {}
    for id_ in TopologicalSorter({id_: each.inputs for id_, each in datasets.items()}).static_order():
        domain = datasets[id_].domain
        near = [each for each in datasets[id_].inputs if datasets[each].domain in circle.get(domain, ())]
        later = (round_of[each] + (datasets[each].domain != domain) for each in near)
        round_of[id_] = max(later, default=0)
    return {
        domain: {turn for id_, turn in round_of.items() if datasets[id_].domain == domain}
        for domain in circle
    }
