"""Reads AWS's price lists and writes their values into `prices.yaml`: `python -m tools.lake.cost.refresh`.

The lists are public; who reads them needs no account. Nothing is written unless every price was found.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
"""

import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from config.faults import Fault, InvalidInputError, one_of
from tools.lake.cost.prices import PRICES, Entry, PriceList, Value, price_list

URL = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{service}/current/{region}/index.json"

_LEAP = 3
"""Times by which a price that rose or fell is taken for one of another unit."""

_PREFIX = r"(?:[A-Z]{2,5}\d?-)?"
"""Of a region, before a usage type; most regions have one: `EU-`, `USW2-`."""

Offer = Mapping[str, Any]


def download(service: str, region: str) -> Offer:
    """Return the list of one service in one region.

    Raises:
        OSError: it cannot be read.
    """
    with urllib.request.urlopen(URL.format(service=service, region=region), timeout=300) as answer:  # noqa: S310 (a fixed https address)
        offer: Offer = json.load(answer)
    return offer


def find(entry: Entry, region: str, offer: Offer) -> float:
    """Return what one unit costs in the first tier that costs anything.

    Raises:
        LookupError: No product is it, or several are, at different prices; the message tells which.
    """
    pattern = re.compile(f"(?:{_PREFIX}|{region}-){entry.usage}")
    found: dict[float, str] = {}
    for sku, product in offer["products"].items():
        usage = product["attributes"].get("usagetype", "")
        if pattern.fullmatch(usage):
            terms = offer["terms"].get("OnDemand", {}).get(sku, {})
            found |= dict.fromkeys(_first(terms), usage)
    if len(found) != 1:
        told = one_of(f"{usage} at {price:g}" for price, usage in found.items())
        raise LookupError(told)
    [price] = found
    return float(f"{price * entry.per:.10g}")


def _first(terms: Mapping[str, Any]) -> Iterator[float]:
    """The price of the first tier that is not free."""
    tiers = sorted(
        (float(each["beginRange"]), float(each["pricePerUnit"]["USD"]))
        for term in terms.values()
        for each in term["priceDimensions"].values()
        if "USD" in each["pricePerUnit"]
    )
    yield from [price for _, price in tiers if price][:1]


def refreshed(prices: PriceList, fetch: Callable[[str, str], Offer]) -> dict[tuple[str, str], Value]:
    """Return the values of the lists by price and region.

    Raises:
        InvalidInputError: a list cannot be read, a price is not in its list, or it leapt; holds every fault.
    """
    offers: dict[tuple[str, str], Offer] = {}
    values: dict[tuple[str, str], Value] = {}
    faults = []
    for name, price in prices.prices.items():
        for region, former in price.regions.items():
            entry = price.entry
            try:
                key = (entry.service, region)
                offers[key] = offers.get(key) or fetch(*key)
                usd = find(entry, region, offers[key])
            except (OSError, LookupError, ValueError) as error:
                allowed = f"one price of {entry.usage} in {URL.format(service=entry.service, region=region)}"
                faults.append(_fault(name, region, str(error), allowed, "mend `list` of the price"))
                continue
            if not former.usd / _LEAP <= usd <= former.usd * _LEAP:
                allowed = f"about {former.usd:g} for one {price.unit}"
                faults.append(
                    _fault(name, region, usd, allowed, "mend `per`, or write the new price by hand")
                )
            listed = offers[key]["publicationDate"][:10]
            values[name, region] = Value.model_validate({"usd": usd, "listed": listed})
    if faults:
        raise InvalidInputError(faults)
    return values


def _fault(name: str, region: str, got: object, allowed: str, fix: str) -> Fault:
    return Fault(str(PRICES), f"prices.{name}.{region}", got, allowed, fix)


def rewritten(text: str, values: Mapping[tuple[str, str], Value]) -> str:
    """Return `prices.yaml` with these values; comments and order stay."""
    name, lines = "", []
    for line in text.splitlines():
        if heading := re.fullmatch(r"  (\w+):", line):
            name = heading[1]
        region = re.match(r"      ([\w-]+): ", line)
        if region and (name, region[1]) in values:
            value = values[name, region[1]]
            line = f"      {region[1]}: {{ usd: {value.usd:.10g}, listed: {value.listed} }}"  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"


def changes(prices: PriceList, values: Mapping[tuple[str, str], Value]) -> list[str]:
    """Tell each price that differs from what the file had."""
    return [
        f"{name} in {region}: {former:g} → {value.usd:g} USD for one {prices.prices[name].unit}"
        for (name, region), value in values.items()
        if (former := prices.prices[name].regions[region].usd) != value.usd
    ]


def main(file: Path = PRICES, fetch: Callable[[str, str], Offer] = download) -> None:
    """Read all lists, write the file, and tell what changed."""
    prices = price_list()
    try:
        values = refreshed(prices, fetch)
    except InvalidInputError as error:
        sys.exit(f"nothing was written:\n{error}")
    file.write_text(rewritten(file.read_text(encoding="utf-8"), values), encoding="utf-8")
    told = changes(prices, values)
    print(*told, f"{len(values)} values read, {len(told)} changed", sep="\n")


if __name__ == "__main__":
    main()
