"""The prices of a region and the assumptions of the estimate, from the two data files beside this module."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field, TypeAdapter

from config.document import read
from config.faults import Fault, InvalidInputError, nearest, one_of
from config.section import Section
from config.validation import validate

FOLDER = Path(__file__).parent
PRICES = FOLDER / "prices.yaml"


class Value(Section):
    """What something costs in one region."""

    usd: float = Field(ge=0)
    listed: date | None
    """Day of the list that has it; None: it was found in no list."""


class Entry(Section):
    """Where a price stands in AWS's price list."""

    service: str
    """Such as `AmazonKinesis`."""
    usage: str
    """Pattern of the usage type without the prefix of the region."""
    per: int = 1
    """How many of the list's units one of ours is."""


class Price(Section):
    """What one unit of something costs."""

    unit: str
    page: str
    entry: Entry = Field(alias="list")
    regions: dict[str, Value]
    """By the name of the region."""


class PriceList(Section):
    """All prices."""

    noted: date
    prices: dict[str, Price]
    free: dict[str, str]
    """Types of resources that cost nothing by themselves, and the page that says what costs instead."""


class Assumption(Section):
    """What nobody knows beforehand."""

    value: tuple[float, float]
    """Low and high."""
    means: str


@cache
def price_list() -> PriceList:
    """Return all prices.

    Raises:
        InvalidInputError: `prices.yaml` has faults.
    """
    document = read(PRICES, FOLDER)
    prices, faults = validate(PriceList, document.data, document)
    if prices is None or faults:
        raise InvalidInputError(faults)
    return prices


@cache
def assumptions() -> Mapping[str, Assumption]:
    """Return all assumptions by name."""
    document = read(FOLDER / "assumptions.yaml", FOLDER)
    return TypeAdapter(dict[str, Assumption]).validate_python(document.data)


def prices_of(region: str) -> Mapping[str, Value]:
    """Return the prices of a region by name.

    Raises:
        InvalidInputError: There are none of it.
    """
    prices = price_list().prices
    known = sorted(set.intersection(*(set(each.regions) for each in prices.values())))
    if region not in known:
        fix = f"{nearest(region, known)}; or give every price of {PRICES.name} its value there, and run "
        fix += "`python -m tools.lake.cost.refresh`"
        raise InvalidInputError([Fault(str(PRICES), "region", region, one_of(known), fix)])
    return {name: price.regions[region] for name, price in prices.items()}
