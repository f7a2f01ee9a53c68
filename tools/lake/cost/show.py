"""Prints estimates, and what changed between two, for people and for scripts."""

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from tools.cli.project import console, count
from tools.lake.cost.charges import NOTHING, Spread
from tools.lake.cost.estimate import Estimate, Line, service
from tools.lake.cost.prices import PRICES, assumptions, price_list

_CENT = 0.005


def document(found: Estimate, environment: str, region: str) -> dict[str, Any]:
    """Return an estimate as JSON values, USD a month."""
    return {
        "environment": environment,
        "region": region,
        "idle_usd_month": round(found.usd.idle, 2),
        "monthly_usd": {"low": round(found.usd.low, 2), "high": round(found.usd.high, 2)},
        "services": {name: _usd(usd) for name, usd in found.by(service).items()},
        "subjects": {name: _usd(usd) for name, usd in found.by(_subject).items()},
        "lines": [
            {
                "subject": line.subject,
                "service": service(line),
                "price": line.price,
                "unit": price_list().prices[line.price].unit,
                "units": line.quantity._asdict(),
                "usd": _usd(line.usd),
            }
            for line in found.lines
        ],
        "assumptions": {name: list(assumptions()[name].value) for name in found.assumed},
        "not_in_a_list": list(found.unlisted),
        "not_priced": list(found.not_priced),
        "use_unknown": list(found.strangers),
    }


def _usd(usd: Spread) -> dict[str, float]:
    return {name: round(value, 4) for name, value in usd._asdict().items()}


def _subject(line: Line) -> str:
    return line.subject


def show(found: Estimate, environment: str, region: str) -> None:
    """Print an estimate."""
    usd = found.usd
    console.print(f"[bold]{environment}[/bold] in {region}, USD a month, before tax and free allowances")
    console.print(f"idle [bold]{usd.idle:.2f}[/bold], in use {usd.low:.2f} to {usd.high:.2f}\n")
    console.print(_table("service", found.by(service)))
    console.print(_table("dataset, domain or all", found.by(_subject)))
    console.print(_dearest(found))
    console.print("Assumed, where contracts and templates do not say (tools/lake/cost/assumptions.yaml):")
    for name in found.assumed:
        made = assumptions()[name]
        low, high = made.value
        text = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        console.print(f"  {text} {escape(made.means)}", soft_wrap=True)
    _tell_doubts(found)


def _table(title: str, sums: Mapping[str, Spread]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    table.add_column(title)
    for name in Spread._fields:
        table.add_column(name, justify="right")
    for name, usd in sums.items():
        if usd.high >= _CENT:
            table.add_row(escape(name), *(f"{each:.2f}" for each in usd))
    table.add_row()
    return table


def _dearest(found: Estimate) -> Table:
    """What makes most of the idle cost."""
    units = {name: price.unit for name, price in price_list().prices.items()}
    sums = found.by(lambda line: f"{service(line)}: {units[line.price]}")
    idle = dict(sorted(sums.items(), key=lambda each: -each[1].idle))
    return _table("what is billed, the dearest at rest first", idle)


def _tell_doubts(found: Estimate) -> None:
    if found.unlisted:
        noted = price_list().noted
        console.print(
            f"[yellow]![/yellow] {count(len(found.unlisted), 'price')} noted on {noted} and found in no list "
            f"of AWS ({PRICES.name}): `python -m tools.lake.cost.refresh` reads the lists",
            soft_wrap=True,
        )
    if found.strangers:
        names = ", ".join(found.strangers)
        console.print(
            f"[yellow]![/yellow] counted as unused, as their use is unknown: {names}", soft_wrap=True
        )
    if found.not_priced:
        console.print(f"[yellow]![/yellow] not priced: {', '.join(found.not_priced)}", soft_wrap=True)


def changes(old: Estimate, new: Estimate) -> dict[str, tuple[Spread, Spread]]:
    """Return former and present sums of what is billed for whom, where they differ by a cent or more."""
    sums = [found.by(lambda line: f"{line.subject}: {line.price}") for found in (old, new)]
    pairs = {
        name: (sums[0].get(name, NOTHING), sums[1].get(name, NOTHING))
        for name in sorted({*sums[0], *sums[1]})
    }
    return {name: pair for name, pair in pairs.items() if _differ(*pair)}


def _differ(old: Spread, new: Spread) -> bool:
    return any(abs(after - before) >= _CENT for before, after in zip(old, new, strict=True))


def show_changes(old: Estimate, new: Estimate, ref: str) -> None:
    """Print what changed since a revision."""
    found = changes(old, new)
    if not found:
        console.print(f"[green]✓[/green] the lake costs what it costs in {escape(ref)}")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"USD a month, {escape(ref)} and now")
    for name in Spread._fields:
        table.add_column(name, justify="right")
    for name, (before, after) in {**found, "in all": (old.usd, new.usd)}.items():
        cells = (f"{b:.2f} → {a:.2f}" for b, a in zip(before, after, strict=True))
        table.add_row(escape(name), *cells)
    console.print(table)


def changes_document(old: Estimate, new: Estimate, ref: str) -> dict[str, Any]:
    """Return what changed as JSON values, USD a month."""
    return {
        "against": ref,
        "total": {"before": _usd(old.usd), "after": _usd(new.usd)},
        "changes": {
            name: {"before": _usd(before), "after": _usd(after)}
            for name, (before, after) in changes(old, new).items()
        },
    }
