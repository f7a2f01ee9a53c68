"""`lake import`: contracts, made of what others wrote about their data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from lakehouse.model.dataset import Format, Mode
from tools.cli.project import (
    AsJson,
    Root,
    console,
    count,
    fault_json,
    print_faults,
    print_json,
    project_root,
    telling_faults,
)
from tools.lake.new import check_new

if TYPE_CHECKING:
    from tools.lake.importing.contract import Contract


@telling_faults
def import_documents(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="ODCS 3.x, JSON Schema, Avro schema, dbt properties, or glue:DATABASE.TABLE.",
        ),
    ],
    *,
    domain: Annotated[
        str | None, typer.Option(help="Domain of the datasets; without it, the document's own.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Team that answers for the data.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="How records arrive.")] = None,
    format_: Annotated[Format | None, typer.Option("--format", help="What records arrive in.")] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Column of the key; may be given again. For one table."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would come of it; write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace contracts that exist.")] = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Adopt descriptions of data as contracts of the lake: one for each table that they describe.

    Types of other systems become those of the lake, names become snake_case, with what the source calls them
    beside. What the lake cannot keep or enforce is set aside and told. What it must know and no document
    says is drafted and marked `check:`; what cannot be drafted is marked `open:`, and `lake validate` asks
    for it. Each contract is a draft.

    Exit code 0: all are adopted. 1: one is refused, and nothing is written.
    """
    from tools.lake.importing.adoption import adopted, is_written, write  # noqa: PLC0415 (slow to import)
    from tools.lake.importing.head import Wanted  # noqa: PLC0415
    from tools.lake.importing.settling import settle  # noqa: PLC0415

    project = project_root(root)
    contracts = adopted(sources, Wanted(domain, owner, mode, format_, tuple(key or ())))
    settle(contracts, project)
    if not (force or dry_run):
        check_new([each.where for each in contracts if not is_written(each, project)], project)
    if not dry_run:
        write(contracts, project)
    if as_json:
        print_json({"written": not dry_run, "contracts": [_json(each) for each in contracts]})
    else:
        _print(contracts, written=not dry_run)


def _json(contract: "Contract") -> dict[str, object]:
    return {
        "contract": contract.where,
        "from": contract.table.where,
        "checks": [{"column": column or None, "check": check} for column, check in contract.noted.checks],
        "not_taken": contract.noted.omitted,
        "open": [fault_json(fault) for fault in contract.open],
    }


def _print(contracts: "Sequence[Contract]", *, written: bool) -> None:
    for each in contracts:
        mark = "[yellow]?[/yellow]" if each.open else "[green]✓[/green]"
        columns = count(len(each.properties), "column")
        console.print(
            f"{mark} [bold]{each.where}[/bold] from {escape(each.table.where)}: {columns}", soft_wrap=True
        )
        for column, check in each.noted.checks:
            place = f"[bold]{escape(column)}[/bold]: " if column else ""
            console.print(f"  [yellow]check[/yellow]     {place}{escape(check)}", soft_wrap=True)
        for omitted in each.noted.omitted:
            console.print(f"  [dim]not taken[/dim] {escape(omitted)}", soft_wrap=True)
        print_faults(console, each.open, "red")
    opened = sum(bool(each.open) for each in contracts)
    told = f"{count(len(contracts), 'contract')} {'adopted' if written else 'would be adopted'}"
    console.print(f"\n{told}, {opened} with open questions" if opened else f"\n{told}")
    console.print("next: decide what is marked check: and open:, then lake validate", style="dim")
