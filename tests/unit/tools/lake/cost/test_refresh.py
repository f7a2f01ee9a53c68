"""Prices are found in documents of the shape that AWS documents for its price lists.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools.lake.cost.prices import PRICES, Entry, PriceList, price_list
from tools.lake.cost.refresh import changes, find, main, refreshed, rewritten

Json = dict[str, Any]

SHARD_USD = price_list().prices["kinesis_shard_hour"].regions["us-east-1"].usd

SHARD = Entry(service="AmazonKinesis", usage="Storage-ShardHour")


def product(sku: str, usage: str, *tiers: tuple[str, str]) -> tuple[Json, Json]:
    """A product and its terms, of tiers by the quantity from which they apply, and their price."""
    dimensions = {
        f"{sku}.JRTCKXETXF.{number}": {
            "rateCode": f"{sku}.JRTCKXETXF.{number}",
            "unit": "hours",
            "beginRange": begin,
            "endRange": "Inf",
            "description": f"{price} USD",
            "appliesTo": [],
            "pricePerUnit": {"USD": price},
        }
        for number, (begin, price) in enumerate(tiers)
    }
    term = {
        "offerTermCode": "JRTCKXETXF",
        "sku": sku,
        "effectiveDate": "2026-11-01T00:00:00Z",
        "priceDimensions": dimensions,
        "termAttributes": {},
    }
    described = {"sku": sku, "attributes": {"servicecode": "AmazonKinesis", "usagetype": usage}}
    return {sku: described}, {sku: {f"{sku}.JRTCKXETXF": term}}


def offer(*products: tuple[Json, Json]) -> Json:
    """A list of one service in one region."""
    return {
        "formatVersion": "v1.0",
        "offerCode": "AmazonKinesis",
        "publicationDate": "2026-11-20T10:11:12Z",
        "products": {sku: each for described, _ in products for sku, each in described.items()},
        "terms": {"OnDemand": {sku: each for _, terms in products for sku, each in terms.items()}},
    }


@pytest.mark.parametrize(
    ("usage", "region"),
    [
        ("Storage-ShardHour", "us-east-1"),
        ("EU-Storage-ShardHour", "eu-west-1"),
        ("USW2-Storage-ShardHour", "us-west-2"),
        ("eu-west-1-Storage-ShardHour", "eu-west-1"),
    ],
)
def test_price_is_found_whatever_prefix_the_region_has(usage: str, region: str) -> None:
    listed = offer(
        product("A", usage, ("0", "0.0170000000")), product("B", "EU-Extended-ShardHour", ("0", "0.02"))
    )
    assert find(SHARD, region, listed) == 0.017


def test_price_is_of_the_first_tier_that_costs_anything_and_in_our_unit() -> None:
    entry = Entry(service="AWSQueueService", usage="Requests-(?:RBP|Tier1)", per=1_000_000)
    listed = offer(
        product("A", "EU-Requests-RBP", ("0", "0.0000000000"), ("1000000", "0.0000004000"), ("9e9", "3e-7"))
    )
    assert find(entry, "eu-west-1", listed) == 0.4


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (offer(product("A", "EU-Extended-ShardHour", ("0", "1"))), "nothing"),
        (
            offer(
                product("A", "Storage-ShardHour", ("0", "1")),
                product("B", "EU-Storage-ShardHour", ("0", "2")),
            ),
            "EU-Storage-ShardHour at 2, Storage-ShardHour at 1",
        ),
    ],
)
def test_price_that_is_not_there_or_not_one_is_refused(listed: Json, told: str) -> None:
    with pytest.raises(LookupError, match=told):
        find(SHARD, "eu-west-1", listed)


def whole(factor: float = 1) -> dict[tuple[str, str], Json]:
    """Lists that have every price of the file, times a factor."""
    products: dict[tuple[str, str], list[tuple[Json, Json]]] = defaultdict(list)
    for name, price in price_list().prices.items():
        usage = price.entry.usage.replace("(?:RBP|Tier1)", "Tier1")
        for region, value in price.regions.items():
            usd = f"{value.usd * factor / price.entry.per:.12f}"
            products[price.entry.service, region].append(product(name, f"EU-{usage}", ("0", usd)))
    return {key: offer(*found) for key, found in products.items()}


def fetch_from(lists: dict[tuple[str, str], Json]) -> Any:
    """What downloads from these lists."""
    return lambda service, region: lists[service, region]


def test_file_keeps_its_comments_and_gets_values_and_days_of_the_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES.read_text())
    main(file, fetch_from(whole(2)))
    told = capsys.readouterr().out
    assert (
        f"kinesis_shard_hour in us-east-1: {SHARD_USD:g} → {2 * SHARD_USD:g} USD for one shard and hour"
        in told
    )
    values = sum(len(price.regions) for price in price_list().prices.values())
    assert f"{values} values read, {values} changed" in told
    text = file.read_text()
    assert f"      us-east-1: {{ usd: {2 * SHARD_USD:g}, listed: 2026-11-20 }}" in text
    assert "listed: null" not in text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in PRICES.read_text().splitlines() if line.startswith("#")
    ]


def test_nothing_is_written_and_every_fault_told_when_a_price_is_missing_or_leaps(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("as it was")
    lists = whole()
    del lists["awskms", "eu-west-1"]
    sku = lists["AWSGlue", "us-east-1"]["terms"]["OnDemand"]["glue_hour"]["glue_hour.JRTCKXETXF"]
    sku["priceDimensions"]["glue_hour.JRTCKXETXF.0"]["pricePerUnit"]["USD"] = "440"
    with pytest.raises(SystemExit) as caught:
        main(file, fetch_from(lists))
    told = str(caught.value)
    assert "prices.kms_key.eu-west-1: got" in told
    assert "prices.kms_request.eu-west-1: got" in told
    assert "prices.glue_hour.us-east-1: got 440.0; allowed: about" in told
    assert len(told.splitlines()) == 4
    assert file.read_text() == "as it was"


def test_what_lists_say_as_the_file_does_changes_nothing_but_days() -> None:
    prices: PriceList = price_list()
    values = refreshed(prices, fetch_from(whole()))
    assert changes(prices, values) == []
    assert {value.listed for value in values.values()} == {date(2026, 11, 20)}
    text = rewritten(PRICES.read_text(), values)
    assert text.count("2026-11-20") == len(values)
