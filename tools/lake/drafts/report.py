"""Prints what was drafted, why, and what is left to do."""

from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lakehouse.model.dialect import USUAL
from lakehouse.targets import words
from tools.lake.drafts.advice import column_checks, ingestion_checks, write_checks
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.draft import Draft
from tools.lake.drafts.proof import Proof


def print_draft(to: Console, draft: Draft, proof: Proof | None, where: str, kept: Path | None) -> None:
    """Print the columns of a draft and why they are so, what it makes of the sample, and what is next."""
    sample = draft.sample
    to.print(f"[bold]{draft.id}[/bold] from {sample.rows:,} records of {escape(sample.name)}")
    to.print(_columns(draft))
    for name, value in _settings(draft):
        to.print(f"  [dim]{name:<10}[/dim]{escape(value)}")
    for check in [*ingestion_checks(draft), *write_checks(draft)]:
        to.print(f"  [yellow]check[/yellow]     {escape(check)}", soft_wrap=True)
    _print_proof(to, draft, proof, where)
    if kept is not None:
        told = "the first records, personal columns made up; look through it before you commit it"
        to.print(f"    [dim]{kept}: {told}[/dim]", soft_wrap=True)
    to.print("  1. decide what is marked [yellow]check:[/yellow], and describe the columns")
    to.print("  2. lake validate")
    to.print(f"  3. lake show {draft.id}")


def _print_proof(to: Console, draft: Draft, proof: Proof | None, where: str) -> None:
    if proof is None:
        to.print(f"\n[yellow]![/yellow] {where} is valid; the sample is too large to be judged here. Next:")
        return
    counts = proof.counts
    if counts.rejected or counts.superseded:
        told = f"{counts.accepted:,} would be rows, {counts.rejected:,} rejected"
        told += f", {counts.superseded:,} dropped for another of their key"
        mark = "[yellow]![/yellow]"
        to.print(f"\n{mark} {where} is valid; of {counts.records_in:,} records {told}. Next:", soft_wrap=True)
        for reason, times in proof.reasons.items():
            to.print(f"    {times:,} rejected: {escape(reason)}", soft_wrap=True)
        return
    told = f"each of the {counts.records_in:,} records would be a row"
    to.print(f"\n[green]✓[/green] {where} is valid as it stands: {told}. Next:", soft_wrap=True)


def _columns(draft: Draft) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("Column", "Type", "Empty", "Because", "Check"):
        table.add_column(head, overflow="fold")
    for column in draft.columns:
        checks = [check.partition("\n")[0] for check in column_checks(draft, column)]
        table.add_row(
            escape(column.name) + (" [bold]key[/bold]" if column.name in draft.key.columns else ""),
            escape(words.type_name(column.type)),
            _share(column, draft.sample.rows),
            escape(column.why),
            escape("\n".join(checks)),
        )
    return table


def _share(column: Column, rows: int) -> str:
    return f"{column.nulls / rows:.1%}" if column.nulls else "never"


def _settings(draft: Draft) -> Iterator[tuple[str, str]]:
    null = f", {draft.null_token} is null" if draft.null_token else ""
    dialect = "" if draft.sample.dialect == USUAL else f" ({draft.sample.dialect})"
    yield "arrives", f"{draft.mode.value}, {draft.format.value}{dialect}{null}"
    order = f", the greatest {draft.order_by} wins" if draft.order_by else ""
    by = f" by {', '.join(draft.key.columns)}" if draft.key.columns else ""
    yield "write", f"{draft.growth.write.value}{by}{order}"
    if draft.growth.partition:
        yield "partition", words.partition(draft.growth.partition)
    if draft.part > 1:
        yield "part", f"{draft.part}, as the stacks before it are full"
