"""Run every policy check on one environment: `python -m tools.policy --env prod`."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import aws_cdk as cdk
import typer
from rich.table import Table

from config.load import PROJECT_ROOT, load_settings
from config.settings import Settings
from lakehouse.model.drafts import deployed
from lakehouse.odcs.lake.load import load_lake
from stacks.lake import build_lake
from stacks.policies.acknowledgements import withheld
from tools.cli.project import INVALID, console, count, print_json
from tools.policy import linters, packs
from tools.policy.exceptions import exceptions, present
from tools.policy.results import Result


def main(
    env: Annotated[str, typer.Option(help="Environment whose templates are checked.")] = "prod",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    without_checkov: Annotated[bool, typer.Option(help="Leave out the slowest.")] = False,
    reasons: Annotated[bool, typer.Option(help="Print each reason with what it stands for.")] = True,
) -> None:
    """Exit with 1 if a finding is open, or if one was accepted that is not found."""
    results = list(check(load_settings(env, PROJECT_ROOT), without_checkov=without_checkov))
    if as_json:
        print_json([{**asdict(each), "passed": each.passed} for each in results])
    else:
        _print(env, results, reasons=reasons)
    if not all(each.passed for each in results):
        raise typer.Exit(INVALID)


def check(
    settings: Settings, *, without_checkov: bool = False, root: Path = PROJECT_ROOT
) -> Iterator[Result]:
    """Build the environment of these settings with the contracts of a project, and check it in every way."""
    with TemporaryDirectory() as folder:
        flags = json.loads((PROJECT_ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
        app = cdk.App(outdir=folder, context=flags)
        with withheld() as acknowledged:
            build_lake(app, settings, deployed(load_lake(root), settings))
        yield from packs.nag_results(app, acknowledged)
        templates = sorted(Path(app.synth().directory).glob("*.template.json"))
        yield packs.lake_result(templates)
        exempt = present(exceptions(settings), linters.places(templates))
        yield linters.cfn_lint(templates, settings.region, exempt)
        yield linters.validate(templates, exempt)
        if not without_checkov:
            yield linters.checkov(Path(folder), exempt)


def _print(env: str, results: list[Result], *, reasons: bool) -> None:
    table = Table("check", "found", "accepted", "open", "accepted in vain", title=f"Policy checks of {env}")
    for each in results:
        accepted = each.raw - len(each.open)
        table.add_row(each.check, *map(str, (each.raw, accepted, len(each.open), len(each.stale))))
    console.print(table)
    if reasons:
        _print_reasons(results)
    for each in results:
        for found in each.open:
            console.print(f"[red]open[/red] {found.rule} at {found.where}: {found.message}", soft_wrap=True)
        for vain in each.stale:
            console.print(f"[red]in vain[/red] {vain.rule} at {vain.where}: {vain.reason}", soft_wrap=True)
    stands = sum(len(each.accepted) for each in results)
    mark = "[green]✓[/green]" if all(each.passed for each in results) else "[red]✗[/red]"
    console.print(f"{mark} {count(stands, 'acknowledgement')} with a reason each")


def _print_reasons(results: list[Result]) -> None:
    """Print what was accepted, once where rule and reason are the same."""
    for each in results:
        if each.accepted:
            console.print(f"\n[bold]{each.check}[/bold]")
        grouped = Counter((accepted.rule, accepted.reason) for accepted in each.accepted)
        for (rule, reason), times in sorted(grouped.items()):
            console.print(f"  {rule} ({count(times, 'place')}): {reason}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    typer.run(main)
