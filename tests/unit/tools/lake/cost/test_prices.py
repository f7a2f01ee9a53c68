"""The prices and assumptions that an estimate is made by."""

import re
from pathlib import Path

import pytest

from config.faults import InvalidInputError
from config.load import PROJECT_ROOT
from tools.lake.cost.charges import HOURS
from tools.lake.cost.estimate import RULES
from tools.lake.cost.prices import FOLDER, assumptions, price_list, prices_of
from tools.lake.cost.services.storage import REQUEST_METRICS

CODE = "".join(path.read_text() for path in sorted(Path(FOLDER).rglob("*.py")))


def test_every_price_has_a_source_a_unit_and_a_value_in_each_region() -> None:
    regions = {region for price in price_list().prices.values() for region in price.regions}
    assert regions >= {"us-east-1", "eu-west-1"}
    for name, price in price_list().prices.items():
        assert price.page.startswith("https://aws.amazon.com/"), name
        assert price.unit, name
        assert set(price.regions) == regions, name
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


def test_figures_of_the_page_on_costs_are_those_of_the_prices() -> None:
    usd = {name: price.usd for name, price in prices_of("us-east-1").items()}
    shard, demand = usd["kinesis_shard_hour"] * HOURS, usd["kinesis_stream_hour"] * HOURS
    week = shard + usd["kinesis_shard_kept_hour"] * HOURS
    text = (PROJECT_ROOT / "docs/cost.md").read_text()
    for figure in (
        f"{shard:.0f} USD a month in us-east-1, on demand {demand:.0f}",
        f"keeps records for a week costs {week:.0f}",
        f"{6 * REQUEST_METRICS * usd['cloudwatch_metric']:.0f} USD a month for six",
        f"the web ACL costs {usd['waf_acl'] + usd['waf_rule']:.0f} USD a month",
        f"more than {usd['athena_scan'] / 1000:g} USD a GiB",
    ):
        assert figure in text


def test_streams_cost_least_in_the_region_that_the_page_says() -> None:
    streams = [each for name, each in price_list().prices.items() if name.startswith("kinesis_")]
    assert len(streams) > 5
    for price in streams:
        assert price.regions["us-east-1"].usd == min(value.usd for value in price.regions.values())


def test_a_region_without_prices_is_refused_with_those_that_have_some() -> None:
    regions = next(iter(price_list().prices.values())).regions
    with pytest.raises(InvalidInputError) as caught:
        prices_of("eu-west-9")
    [fault] = caught.value.faults
    assert (fault.got, fault.allowed) == ("eu-west-9", ", ".join(sorted(regions)))
    assert "did you mean" in fault.fix
    assert fault.where.endswith("prices.yaml")
