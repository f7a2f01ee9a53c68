"""The course of `lake preflight`: templates are made or read, asked and measured, and the answers printed."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import typer
from rich import box
from rich.markup import escape
from rich.table import Table as Grid

from tools.assembly.assembly import Assembly
from tools.assembly.folder import synthesized
from tools.cli.project import INVALID, console, count, errors, print_json, project_root
from tools.preflight.asking import Asking
from tools.preflight.edge import table
from tools.preflight.findings import Answers, Finding
from tools.preflight.quotas import check

_PLACES = 3
"""Further places of one cause that people are told by name; scripts get all."""
_STYLES = {"error": "red", "warning": "yellow"}


def run(environment: str, templates: Path | None, as_json: bool, root: Path | None) -> None:
    """Ask everything about an environment, or about templates that are there, and print it.

    Raises:
        typer.Exit: Something was found.
        InvalidInputError: Settings, contracts, templates or the table have faults.
    """
    project = project_root(root)
    if templates is not None:
        answers = look(Assembly.of_folder(templates), project)
    else:
        with errors.status(f"synthesizing {environment}"), synthesized(environment, project) as folder:
            answers = look(Assembly.of_folder(folder), project)
    if as_json:
        print_json(_document(str(templates or environment), answers))
    else:
        _print(answers)
    if answers.findings:
        raise typer.Exit(INVALID)


def look(assembly: Assembly, project: Path) -> Answers:
    """Ask everything about an assembly, by the rows of a project."""
    answers, limits = Asking(assembly, table(project)).answers(), check(assembly)
    return Answers(
        findings=answers.findings + limits.findings,
        asked=Counter({**answers.asked, **limits.asked}),
        unknown=answers.unknown,
        notes=answers.notes,
    )


def _document(of: str, answers: Answers) -> dict[str, object]:
    severities = Counter(each.severity for each in answers.findings)
    return {
        "of": of,
        "totals": {name: severities[name] for name in _STYLES},
        "findings": [each.json for each in answers.findings],
        "asked": dict(answers.asked),
        "unknown": dict(answers.unknown),
        "notes": answers.notes,
    }


def _print(answers: Answers) -> None:
    console.print(_summary(answers))
    for alike in _alike(answers.findings):
        _tell(alike)
    for text, times in answers.unknown.items():
        console.print(f"[cyan]not known[/cyan] {escape(text)} ({count(times, 'request')})", soft_wrap=True)
    for text in answers.notes:
        console.print(f"[dim]look first[/dim] {escape(text)}", soft_wrap=True)
    asked = sum(answers.asked.values())
    console.print(f"{count(asked, 'request')} and limits, {count(len(answers.findings), 'finding')}")


def _summary(answers: Answers) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD)
    grid.add_column("who works with whom", overflow="fold")
    grid.add_column("asked", justify="right")
    grid.add_column("found", justify="right")
    found = Counter(each.kind for each in answers.findings)
    for kind in sorted(answers.asked):
        asked = answers.asked[kind]
        style = "red" if found[kind] else "" if asked else "dim"
        grid.add_row(escape(kind), str(asked), str(found[kind] or ""), style=style)
    return grid


def _alike(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """Findings of one cause: of the same row, for the same reason, about the same resource."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.edge, each.why, str(each.asked.get("resource")))
        found.setdefault(key, []).append(each)
    return found.values()


def _tell(alike: list[Finding]) -> None:
    finding = alike[0]
    style = _STYLES[finding.severity]
    title = f"[{style}]{finding.severity} {escape(finding.where)}[/{style}]: {escape(finding.kind)}"
    console.print(f"{title} [dim]({finding.edge})[/dim]", soft_wrap=True)
    for label, text in _lines(alike):
        console.print(f"    [dim]{label:<8}[/dim]{escape(text)}", soft_wrap=True)


def _lines(alike: list[Finding]) -> Iterable[tuple[str, str]]:
    finding = alike[0]
    actions = {"action": ", ".join(dict.fromkeys(str(each.asked.get("action", "")) for each in alike))}
    asked = {key: value for key, value in {**finding.asked, **actions}.items() if value}
    places = list(dict.fromkeys(each.where for each in alike))[1:]
    yield "asked", ", ".join(f"{key} {_text(value)}" for key, value in asked.items())
    yield "why", finding.why
    yield "breaks", finding.breaks
    yield "fix", finding.fix
    yield "page", finding.page
    if places:
        more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
        yield "also", ", ".join(places[:_PLACES]) + more


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
