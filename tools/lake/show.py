"""`lake show`: what one contract generates, before anything is deployed."""

import json
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from config.load import load_settings
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Field
from lakehouse.model.lineage import starters
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets import words
from tools.cli.project import AsJson, Root, console, dataset_of, print_json, project_root, telling_faults
from tools.lake.derived import Derivation, Subject, derive, places
from tools.lake.readers import readers

Environment = Annotated[str, typer.Option("--env", help="Environment whose physical names are shown.")]


@telling_faults
def show(
    dataset: Annotated[str, typer.Argument(help="DOMAIN/DATASET, or DATASET if its name is unique.")],
    env: Environment = "dev",
    only: Annotated[
        Derivation | None,
        typer.Option("--only", help="Print this derivation alone, as text for other programs."),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Show what a contract generates: tables, columns, rules, masking, quality, alarm, and where it is.

    `lake show DOMAIN/DATASET --only dqdl` prints one derivation as it is deployed; `--json` prints them all.
    """
    project = project_root(root)
    lake = load_lake(project)
    settings = load_settings(env, project)
    subject = Subject(dataset_of(lake, dataset), lake, settings.naming)
    if only:
        value = derive(only, subject)
        typer.echo(value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False))
        return
    from tools.lake.testing.engine import engine_of  # noqa: PLC0415 (the judge is slow to import)

    engine = engine_of(lake, subject.dataset, settings.processing.function)
    if as_json:
        told = {"dataset": subject.dataset.id, "places": places(subject), "engine": engine}
        print_json({**told, **_all(subject)})
    else:
        _print(subject, engine)


def _all(subject: Subject) -> dict[str, Any]:
    return {derivation.value: derive(derivation, subject) for derivation in Derivation}


def _print(subject: Subject, engine: str) -> None:
    dataset = subject.dataset
    console.print(f"[bold]{dataset.id}[/bold] {dataset.version}  [dim]{escape(dataset.source)}[/dim]")
    console.print(escape(dataset.description))
    facts = {**_facts(dataset, subject.lake.access), "engine": engine}
    console.print(_pairs({**facts, **_lineage(subject), **places(subject)}))
    console.print(_columns(dataset))
    if dataset.rules:
        console.print(_rules(dataset))
    names = ", ".join(derivation.value for derivation in Derivation)
    console.print(f"[dim]--only prints one derivation: {names}[/dim]", soft_wrap=True)


def _facts(dataset: Dataset, policy: AccessPolicy) -> dict[str, str]:
    service = dataset.service
    facts = {
        "layer": dataset.layer,
        "owner": dataset.owner,
        "classification": dataset.classification,
        "arrives as": words.ingestion(dataset),
        "reads": ", ".join(dataset.inputs),
        "key": ", ".join(dataset.key) or "none: every record is a row",
        "write": dataset.write,
        "refresh": f"by {dataset.refresh.column} of {dataset.refresh.input}" if dataset.refresh else "",
        "newest version by": ", ".join(dataset.order_by),
        "partition": ", ".join(map(words.partition, dataset.partition)),
        "rejected at most": f"{dataset.max_rejected_ratio:.1%}" if dataset.ingestion else "",
        "unknown fields": dataset.ingestion.unknown_fields if dataset.ingestion else "",
        "stale after": f"{service.freshness_hours} hours, then an alarm" if service.freshness_hours else "",
        "kept for": f"{service.retention_days} days at least" if service.retention_days else "",
        "refers to": "; ".join(
            f"{', '.join(each.columns)} → {each.target} ({', '.join(each.target_columns)})"
            for each in dataset.relationships
        ),
        "read by": "; ".join(f"{name}: {extent}" for name, extent in readers(dataset, policy).items()),
    }
    return {name: text for name, text in facts.items() if text}


def _lineage(subject: Subject) -> dict[str, str]:
    """Tell whose pipelines start that of a product that reads other domains, and whose do not."""
    lake, domain = subject.lake, subject.dataset.domain
    foreign = {each.partition("/")[0] for each in subject.dataset.inputs} - {domain}
    follows = foreign & set(starters(lake, domain))
    facts = {}
    if follows:
        facts["runs after"] = f"the pipelines of {', '.join(sorted(follows))}"
    if others := foreign - follows:
        facts["in a circle with"] = f"{', '.join(sorted(others))}, whose pipelines do not start this one"
    return facts


def _pairs(facts: dict[str, str]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, text in facts.items():
        table.add_row(f"[dim]{name}[/dim]", escape(text))
    return table


def _columns(dataset: Dataset) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="columns", title_justify="left", title_style="bold")
    for heading in ("column", "type", "each value", "class", "masking"):
        table.add_column(heading, overflow="fold")
    for field in dataset.fields:
        table.add_row(*_row(field, "key" if field.name in dataset.key else ""))
    return table


def _row(field: Field, key: str) -> tuple[str, ...]:
    return (
        escape(field.name) + (f" [dim]{key}[/dim]" if key else ""),
        escape(words.type_name(field.type)),
        escape("; ".join(words.rules(field))),
        field.classification,
        escape("; ".join(words.maskings(field))),
    )


def _rules(dataset: Dataset) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="the table", title_justify="left", title_style="bold")
    for heading in ("rule", "must be", "if not", "meaning"):
        table.add_column(heading, overflow="fold")
    for rule in dataset.rules:
        unit = " %" if rule.percent else ""
        table.add_row(escape(rule.name), f"{rule.threshold}{unit}", rule.severity, escape(rule.description))
    return table
