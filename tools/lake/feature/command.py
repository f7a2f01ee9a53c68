"""`lake feature list`, `add` and `remove`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Annotated

import typer
from rich.markup import escape

from config.faults import Fault, InvalidInputError, nearest, one_of
from config.load import ENVIRONMENTS, environment_names, load_settings
from lakehouse.odcs.lake.load import load_lake
from stacks.features.feature import Feature
from stacks.features.registry import features, switched_on
from tools.cli.project import AsJson, Root, console, print_json, project_root, telling_faults
from tools.lake.feature.places import paths, settings_without
from tools.lake.feature.sections import UneditableError, with_section
from tools.lake.settings import check_settings, replace_file

app = typer.Typer(help="Optional systems: what there is, where it is on, and how to add or remove one.")

Name = Annotated[str, typer.Argument(help="Name of the feature, as `lake feature list` shows it.")]


@app.command("list")
@telling_faults
def show(as_json: AsJson = False, root: Root = None) -> None:
    """List the features of this project."""
    project = project_root(root)
    on = {
        environment: switched_on(load_settings(environment, project).features)
        for environment in environment_names(project)
    }
    found = [
        {
            "name": name,
            "title": feature.title,
            "environments": [environment for environment, chosen in on.items() if name in chosen],
            "laptop": feature.laptop,
            "idle_cost": feature.idle_cost,
        }
        for name, feature in features().items()
    ]
    if as_json:
        print_json(found)
        return
    for entry in found:
        console.print(f"[bold]{entry['name']}[/bold]  {escape(str(entry['title']))}", soft_wrap=True)
        environments = ", ".join(entry["environments"]) or "no environment"
        for label, text in (
            ("on in", environments),
            ("on the laptop", entry["laptop"]),
            ("idle, a month", entry["idle_cost"]),
        ):
            console.print(f"  [dim]{label:<15}[/dim]{escape(str(text))}", soft_wrap=True)


@app.command()
@telling_faults
def add(
    name: Name,
    env: Annotated[str, typer.Option("--env", help="Environment that it is switched on in.")],
    root: Root = None,
) -> None:
    """Switch a feature on: its example goes into the settings of the environment, to be edited there."""
    project = project_root(root)
    _known(name)
    if name in switched_on(load_settings(env, project).features):
        raise typer.BadParameter(f"{name} is on in {env} already: see {ENVIRONMENTS}/{env}.yaml")
    file = project / ENVIRONMENTS / f"{env}.yaml"
    example = (project / "stacks" / "features" / name / "example.yaml").read_text(encoding="utf-8")
    with _telling(file, project):
        text = with_section(file.read_text(encoding="utf-8"), example)
    check_settings(project, {file: text})
    replace_file(file, text)
    console.print(f"{name} is on in {env}. Edit its values in {ENVIRONMENTS}/{env}.yaml.", soft_wrap=True)


@app.command()
@telling_faults
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = None,
) -> None:
    """Delete a feature from this project: its code, its tests, its settings in every environment.

    A lake that is deployed with it keeps it until the next deployment; stacks of its own must be deleted by
    hand. Contracts that name it as their source stay as they are, and somebody else must bring their records.
    """
    project = project_root(root)
    feature = _known(name)
    with _telling(project / ENVIRONMENTS, project):
        settings = settings_without(project, name)
    doomed = paths(project, name)
    for path in doomed:
        console.print(f"delete  {path.relative_to(project)}", soft_wrap=True)
    for file in settings:
        console.print(f"edit    {file.relative_to(project)}: features.{name} goes", soft_wrap=True)
    for text in _notes(project, name, feature):
        console.print(f"[yellow]note[/yellow]    {escape(text)}", soft_wrap=True)
    if not yes:
        typer.confirm(f"Delete {name}?", abort=True)
    for file, text in settings.items():
        replace_file(file, text)
    for path in doomed:
        rmtree(path) if path.is_dir() else path.unlink()


def _known(name: str) -> Feature:
    if name not in features():
        allowed, fix = one_of(features()), nearest(name, features())
        raise typer.BadParameter(f"got {name}; allowed: {allowed}; fix: {fix}")
    return features()[name]


@contextmanager
def _telling(place: Path, project: Path) -> Iterator[None]:
    try:
        yield
    except UneditableError as error:
        where = place.relative_to(project).as_posix()
        fault = Fault(where, "features", str(error), "a block, indented by two blanks", "write it so")
        raise InvalidInputError([fault]) from error


def _notes(project: Path, name: str, feature: Feature) -> Iterator[str]:
    """What deleting the feature leaves to people."""
    sources = {each.source: each.ingestion and each.ingestion.source for each in load_lake(project).datasets}
    named = [contract for contract, source in sources.items() if source and source.feature == name]
    if named:
        yield f"{', '.join(named)} name {name} as their source: somebody else must bring their records"
    for stack in feature.stacks:
        yield f"a stack {stack} that is deployed stays: delete it in CloudFormation"
