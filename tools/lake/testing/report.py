"""What a contract made of data, for people and for scripts."""

from typing import Any

from lakehouse_etl.contract.reasons import REASONS
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.quality.measured import Measured, number, threshold
from rich import box
from rich.markup import escape
from rich.table import Table

from tools.cli.project import console, count
from tools.cli.rows import json_rows, print_rows, text_of
from tools.lake.testing.trial import Refusal, Trial


def print_trial(trial: Trial, *, show: int, rows: int, passed: bool) -> None:
    """Print counts, why records were rejected, which ones, rules, and the first rows."""
    mark = "[green]✓[/green]" if passed else "[red]✗[/red]"
    counts = trial.counts
    told = [f"{counts.accepted} accepted", f"{counts.rejected} rejected"]
    told += [f"{counts.superseded} superseded"] if trial.ranked else []
    console.print(
        f"{mark} [bold]{trial.dataset.id}[/bold]: {count(counts.records_in, 'record')} of "
        f"{count(len(trial.files), 'file')}: {', '.join(told)}"
    )
    if not trial.ranked:
        console.print("[dim]Changes of a database table are applied by Spark: lake run does it.[/dim]")
    if trial.refusals:
        console.print(_reasons(trial))
        _print_refusals(trial, show)
    if trial.rules:
        console.print()
    for rule in trial.rules:
        console.print(_rule(rule), soft_wrap=True)
    for each in trial.personal:
        console.print(_finding(each, trial), soft_wrap=True)
    if trial.rows.num_rows and rows:
        console.print()
        print_rows(console, trial.rows, rows)


def trial_json(trial: Trial, *, show: int, rows: int, passed: bool) -> dict[str, Any]:
    """Return all of that as JSON values."""
    return {
        "dataset": trial.dataset.id,
        "passed": passed,
        "files": dict(trial.files),
        **vars(trial.counts),
        "superseded": trial.counts.superseded if trial.ranked else None,
        "reasons": {reason: len(found) for reason, found in trial.reasons.items()},
        "refused": [_refusal(each) for each in trial.refusals[:show]],
        "rules": [_rule_json(rule) for rule in trial.rules],
        "personal": [{**vars(each), "declared": each not in trial.undeclared} for each in trial.personal],
        "rows": json_rows(trial.rows, rows),
    }


def _reasons(trial: Trial) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("rejected", justify="right")
    table.add_column("reason")
    table.add_column("what it means", overflow="fold")
    for reason, found in trial.reasons.items():
        table.add_row(str(len(found)), reason, escape(REASONS[reason]))
    return table


def _print_refusals(trial: Trial, show: int) -> None:
    for each in trial.refusals[:show]:
        record = each.rejected
        console.print(
            f"\n[bold]{escape(_place(each))}[/bold] [red]{record.breach.reason}[/red] "
            f"{escape(record.breach.detail)}{escape(f' ({record.cause})' if record.cause else '')}",
            soft_wrap=True,
        )
        if record.raw is not None:
            console.print(f"  [dim]{escape(text_of(record.raw))}[/dim]")
    if len(trial.refusals) > show:
        left = count(len(trial.refusals) - show, "more rejected record")
        console.print(f"\n[dim]{left}: --show {len(trial.refusals)} prints all[/dim]")


def _place(refusal: Refusal) -> str:
    if refusal.line is None:
        return f"{refusal.file}, record {refusal.rejected.position}"
    return f"{refusal.file}:{refusal.line}"


def _refusal(refusal: Refusal) -> dict[str, Any]:
    record = refusal.rejected
    return {
        "file": refusal.file,
        "line": refusal.line,
        "position": record.position,
        "reason": record.breach.reason,
        "detail": record.breach.detail,
        "cause": record.cause,
        "record": record.raw,
    }


def _outcome(rule: Measured) -> str:
    if rule.problem is not None:
        return "not measured"
    return "kept" if rule.kept else "broken"


def _rule(rule: Measured) -> str:
    style = {"kept": "green", "broken": "red" if rule.fails else "yellow", "not measured": "dim"}
    outcome = _outcome(rule)
    if rule.problem is not None:
        why = f"only Spark can measure it: {rule.problem}"
    else:
        got = "nothing" if rule.value is None else number(rule.value)
        why = f"got {got}; allowed: {threshold(rule.rule)}"
    name = escape(f"{rule.rule.name} ({rule.rule.severity})")
    return f"[{style[outcome]}]{outcome:<8}[/{style[outcome]}] rule {name}: {escape(why)}"


def _finding(each: Finding, trial: Trial) -> str:
    told = escape(f"{each.kind} in {each.column}: {each.share:.1%} of {count(each.samples, 'value')}")
    if each not in trial.undeclared:
        return f"[green]declared[/green] {told}"
    allowed = f"confidential, restricted, lake.masking, or lake.not_personal in {trial.dataset.id}"
    return f"[yellow]personal[/yellow] {told}; allowed: {escape(allowed)}"


def _rule_json(rule: Measured) -> dict[str, Any]:
    return {
        "name": rule.rule.name,
        "severity": rule.rule.severity,
        "outcome": _outcome(rule),
        "value": rule.value,
        "allowed": threshold(rule.rule),
        "problem": rule.problem,
    }
