"""Adds up what the resources of an environment cost."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tools.assembly.assembly import Assembly, Resource
from tools.lake.cost.charges import Charge, Spread, total
from tools.lake.cost.prices import Price, Value, price_list
from tools.lake.cost.services import (
    edges,
    functions,
    jobs,
    keys,
    network,
    security,
    storage,
    streams,
    watching,
)
from tools.lake.cost.subject import Subject

Rule = Callable[[Resource, Subject], Iterator[Charge]]

RULES: Mapping[str, Rule] = {
    kind: rule
    for module in (edges, functions, jobs, keys, network, security, storage, streams, watching)
    for kind, rule in module.RULES.items()
}
"""Who tells what a resource costs, by its type."""

METADATA = "AWS::CDK::Metadata"


@dataclass(frozen=True)
class Line:
    """What one thing costs for one dataset, one domain, or all of the lake."""

    subject: str
    price: str
    """Name of the price."""
    quantity: Spread
    """Units in a month."""
    usd: Spread


@dataclass(frozen=True)
class Estimate:
    """What an environment costs in a month."""

    lines: tuple[Line, ...]
    not_priced: tuple[str, ...]
    """Types of resources of which nobody knows what they cost."""
    strangers: tuple[str, ...]
    """Names of resources that count as unused, since nobody knows how much they are used."""
    unlisted: tuple[str, ...]
    """Names of prices, among those that count, that were found in no list of AWS."""
    assumed: tuple[str, ...]
    """Names of the assumptions that were made."""

    @property
    def usd(self) -> Spread:
        """The whole."""
        return total(line.usd for line in self.lines)

    def by(self, of: Callable[[Line], str]) -> dict[str, Spread]:
        """Return sums, the dearest first."""
        found: dict[str, list[Spread]] = defaultdict(list)
        for line in self.lines:
            found[of(line)].append(line.usd)
        sums = {name: total(parts) for name, parts in found.items()}
        return dict(sorted(sums.items(), key=lambda each: (-each[1].high, each[0])))


def service(line: Line) -> str:
    """Return the service by which AWS lists the price."""
    price: Price = price_list().prices[line.price]
    return price.entry.service.removeprefix("Amazon").removeprefix("AWS")


def estimate(subject: Subject, prices: Mapping[str, Value]) -> Estimate:
    """Price every resource of the templates."""
    charges: dict[tuple[str, str], list[Spread]] = defaultdict(list)
    for resource in subject.assembly.resources:
        if rule := RULES.get(resource.kind):
            for charge in rule(resource, subject):
                charges[charge.subject, charge.price].append(charge.quantity)
    sums = {key: total(parts) for key, parts in charges.items()}
    lines = [
        Line(owner, name, quantity, quantity * prices[name].usd)
        for (owner, name), quantity in sorted(sums.items())
        if quantity.high
    ]
    unlisted = {line.price for line in lines if prices[line.price].listed is None}
    return Estimate(
        lines=tuple(lines),
        not_priced=unknown(subject.assembly),
        strangers=tuple(sorted(subject.strangers)),
        unlisted=tuple(sorted(unlisted)),
        assumed=tuple(sorted(subject.used)),
    )


def unknown(assembly: Assembly) -> tuple[str, ...]:
    """Return the types of resources that are neither priced nor known to be free."""
    known = {*RULES, *price_list().free, METADATA}
    return tuple(sorted({each.kind for each in assembly.resources} - known))
