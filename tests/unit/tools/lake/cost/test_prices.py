"""The prices and assumptions that an estimate is made by."""

import re
from pathlib import Path

import pytest

from config.faults import InvalidInputError
from tools.lake.cost.estimate import RULES
from tools.lake.cost.prices import FOLDER, assumptions, price_list, prices_of

CODE = "".join(path.read_text() for path in sorted(Path(FOLDER).rglob("*.py")))


def test_every_price_has_a_source_a_unit_and_two_regions() -> None:
    for name, price in price_list().prices.items():
        assert price.page.startswith("https://aws.amazon.com/"), name
        assert price.unit, name
        assert set(price.regions) == {"us-east-1", "eu-west-1"}, name
        assert all(value.usd > 0 for value in price.regions.values()), name
        re.compile(price.entry.usage)


def test_every_price_and_assumption_is_used() -> None:
    for name in (*price_list().prices, *assumptions()):
        assert f'"{name}"' in CODE, name


def test_assumptions_are_finite_and_not_negative() -> None:
    for name, made in assumptions().items():
        assert all(0 <= each < 1e9 for each in made.value), name
        assert made.means, name


def test_no_type_is_both_priced_and_free() -> None:
    assert set(price_list().free).isdisjoint(RULES)


def test_a_region_without_prices_is_refused_with_those_that_have_some() -> None:
    with pytest.raises(InvalidInputError) as caught:
        prices_of("eu-west-9")
    [fault] = caught.value.faults
    assert (fault.got, fault.allowed) == ("eu-west-9", "eu-west-1, us-east-1")
    assert fault.fix.startswith("did you mean 'eu-west-1'?")
    assert fault.where.endswith("prices.yaml")
