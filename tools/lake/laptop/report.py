"""What a run on the kept lake did, for people and for scripts."""

from collections.abc import Sequence
from typing import Any

from rich.markup import escape

from local.kept.results import Result
from tools.cli.project import console, count
from tools.cli.rows import json_rows, print_rows, text_of


def print_result(result: Result, rejected: Sequence[dict[str, Any]], brought: str | None) -> None:
    """Print what became of a dataset's records, which were rejected, broken rules, and the first rows."""
    fed = f" [dim](from {escape(brought)})[/dim]" if brought else ""
    console.print(f"\n[bold]{result.dataset.id}[/bold]: {_counted(result)}{fed}", soft_wrap=True)
    for reason, number in result.reasons.items():
        console.print(f"  {number:>7,} rejected: {reason}")
    for row in rejected:
        print_rejected(row)
    if result.rejected.num_rows > len(rejected):
        console.print(f"  [dim]lake rejected {result.dataset.id} shows the others[/dim]", soft_wrap=True)
    for rule in result.rules:
        style = "red" if rule["severity"] == "error" else "yellow"
        told = f"{rule['rule']} ({rule['severity']}): got {rule['value']}; allowed: {rule['threshold']}"
        console.print(f"  [{style}]broken[/{style}] {escape(told)}", soft_wrap=True)
    if result.rows.num_rows:
        print_rows(console, result.rows, result.rows.num_rows)


def print_rejected(row: dict[str, Any]) -> None:
    """Print one row of quarantine."""
    console.print(
        f"  {escape(place_of(row))} [red]{row['reason']}[/red] {escape(row['detail'])}", soft_wrap=True
    )
    if row["raw"] is not None:
        console.print(f"    [dim]{escape(text_of(row['raw']))}[/dim]")


def place_of(row: dict[str, Any]) -> str:
    """Return the file of a rejected record, and where in it."""
    return (
        f"{row['file']}, record {row['position']}" if row["line"] is None else f"{row['file']}:{row['line']}"
    )


def rejected_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return one row of quarantine as JSON values."""
    return {
        "object": row["source_object"],
        "file": row["file"],
        "line": row["line"],
        "position": row["position"],
        "reason": row["reason"],
        "detail": row["detail"],
        "record": row["raw"],
        "run": row["run_id"],
    }


def result_json(result: Result, rejected: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what became of a dataset as JSON values."""
    return {
        "dataset": result.dataset.id,
        "counts": {name.replace("-", "_"): number for name, number in result.counts.items()},
        "reasons": result.reasons,
        "rejected": [rejected_json(row) for row in rejected],
        "broken_rules": [
            {name: rule[name] for name in ("rule", "severity", "value", "threshold")} for rule in result.rules
        ],
        "table_rows": result.total,
        "rows": json_rows(result.rows, result.rows.num_rows),
    }


def _counted(result: Result) -> str:
    rows = count(result.total, "row")
    if not result.counts:
        return rows
    told = ", ".join(f"{result.counts[name]:,} {name}" for name in ("accepted", "rejected", "superseded"))
    return f"{count(result.counts['records-in'], 'new record')}: {told}; the table has {rows}"
