"""The page of prices, assumptions and free resources that `lake cost` estimates by."""

from tools.lake.cost.estimate import RULES
from tools.lake.cost.prices import Value, assumptions, price_list


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join(["# Prices and assumptions of `lake cost`", "", *_prices(), *_assumed(), *_free()])


def _prices() -> list[str]:
    prices = price_list()
    regions = list(next(iter(prices.prices.values())).regions)
    rows = [
        f"| [{price.unit}]({price.page}) | {price.entry.service} | "
        + " | ".join(_value(price.regions[region]) for region in regions)
        + " |"
        for price in prices.prices.values()
    ]
    return [
        "USD on demand, before tax. The day is that of the copy of AWS's price list in which the value was "
        f"found; a value without one was noted on {prices.noted}, and not found in a list.",
        "",
        f"| one | service | {' | '.join(regions)} |",
        f"|---|---|{'---|' * len(regions)}",
        *rows,
        "",
    ]


def _value(value: Value) -> str:
    usd = f"{value.usd:.10f}".rstrip("0").rstrip(".")
    return f"{usd} ({value.listed})" if value.listed else usd


def _assumed() -> list[str]:
    rows = [f"| {each.value[0]:g} | {each.value[1]:g} | {each.means} |" for each in assumptions().values()]
    return ["## Assumed", "", "| low | high | what |", "|---|---|---|", *rows, ""]


def _free() -> list[str]:
    rows = [f"- `{kind}`: [{page}]({page})" for kind, page in price_list().free.items()]
    return [
        "## Resources",
        "",
        f"Priced: {', '.join(f'`{kind}`' for kind in sorted(RULES))}.",
        "",
        "Free by themselves; the page tells what costs instead, such as requests, which are counted where "
        "they come from:",
        "",
        *rows,
        "",
    ]
