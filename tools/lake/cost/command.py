"""`lake cost`: what an environment costs in a month, before it is deployed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from config.faults import InvalidInputError
from config.load import load_settings
from config.settings import Settings
from lakehouse.model.dataset import Lake
from lakehouse.odcs.lake.load import load_lake
from tools.assembly.assembly import Assembly
from tools.assembly.folder import synthesized
from tools.cli.project import AsJson, Root, count, errors, print_json, project_root, telling_faults
from tools.lake.cost.estimate import Estimate, estimate
from tools.lake.cost.prices import assumptions, prices_of
from tools.lake.cost.show import changes_document, document, show, show_changes
from tools.lake.cost.subject import Subject
from tools.lake.revision import Revision, load_at


@telling_faults
def cost(
    *,
    env: Annotated[str, typer.Option("--env", help="Environment, a file in config/environments.")] = "dev",
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates",
            help="Cloud assembly that is there; without it, the environment is synthesized.",
            show_default=False,
        ),
    ] = None,
    ref: Annotated[
        str | None,
        typer.Option("--against", metavar="REF", help="Tell what changed since a branch, tag or commit."),
    ] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Estimate what an environment costs in a month: idle, and in use at least and at most.

    What there is, the templates say; how much comes, the contracts (`lake.volume`); what it costs, AWS's
    prices on demand in tools/lake/cost/prices.yaml; whatever nobody knows is assumed, and printed.
    docs/cost.md tells what is left out.
    """
    project = project_root(root)
    settings, lake = load_settings(env, project), load_lake(project)
    with _folder(env, project, templates) as folder:
        new = _estimate(settings, lake, folder)
    if ref is not None:
        old = _former(env, project, ref)
        if as_json:
            print_json(changes_document(old, new, ref))
        else:
            show_changes(old, new, ref)
    elif as_json:
        print_json(document(new, env, settings.region))
    else:
        show(new, env, settings.region)


@contextmanager
def _folder(environment: str, root: Path, templates: Path | None) -> Iterator[Path]:
    if templates is not None:
        yield templates
        return
    with synthesized(environment, root) as folder:
        yield folder


def _estimate(settings: Settings, lake: Lake, folder: Path) -> Estimate:
    prices = prices_of(settings.region)
    return estimate(Subject(Assembly.of_folder(folder), lake, settings, assumptions()), prices)


def _former(environment: str, root: Path, ref: str) -> Estimate:
    """Estimate what its own code deployed then, at the prices of today.

    Settings that today's rules refuse are taken as they are today, which is told: the region is among them,
    and when runs start.
    """
    revision = Revision.find(root, ref)
    lake, _ = load_at(revision, lenient=True)
    with (
        revision.checked_out_whole() as former,
        synthesized(environment, former, checked=False) as folder,
    ):
        try:
            settings = load_settings(environment, former)
        except InvalidInputError as error:
            settings = load_settings(environment, root)
            kept = f"{count(len(error.faults), 'fault')} in the settings of {ref}, by today's rules: "
            kept += "those of today stand for them"
            errors.print(f"[yellow]![/yellow] {escape(kept)}", soft_wrap=True)
        return _estimate(settings, lake, folder)
