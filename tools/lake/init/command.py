"""`lake init`: makes a fork one's own."""

import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.markup import escape

from config.faults import Fault, InvalidInputError
from config.load import environment_names
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import (
    CONTRACTS,
    AsJson,
    Root,
    console,
    count,
    print_json,
    project_root,
    telling_faults,
)
from tools.lake.domains.paths import remove_all
from tools.lake.domains.readers import reasons_to_stay
from tools.lake.init.examples import examples, paths
from tools.lake.init.settings import LAPTOP, OWN, Edit, answers, current, edited
from tools.lake.settings import replace_file
from tools.lake.validate import check


@telling_faults
def init(
    *,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the project, with which every physical name begins.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Address of the team that owns it.")] = None,
    cost_center: Annotated[
        str | None, typer.Option("--cost-center", help="Tag by which costs are told apart.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", help="ENVIRONMENT=ACCOUNT, its twelve digits; may be repeated."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="Region of all environments, or ENVIRONMENT=REGION; may be repeated."),
    ] = None,
    drop_examples: Annotated[
        bool, typer.Option("--drop-examples", help="Remove the example domains, with samples and tests.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before examples are removed.")] = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Make a fork your own: name, owner, accounts and regions, each said once, and the examples gone.

    What all environments share is written to config/environments/base.yaml, what one alone has to its own
    file; comments stay. The environment of the laptop keeps its account and region. Without options, in a
    terminal, it asks. Everything is checked as it would be, and nothing is written while anything is wrong.
    It can be repeated: what is so already is left alone. Exit code 0: it is so now. 1: there are faults.
    """
    project = project_root(root)
    common = {"project": name, "owner": owner, "cost_center": cost_center}
    own = {"account": account or [], "region": region or []}
    if is_terminal() and not (any(common.values()) or any(own.values()) or drop_examples or as_json):
        common, own = _ask(project)
    said = answers(common, own, project)
    texts, edits = edited(said, project)
    domains = examples(project) if drop_examples else []
    doomed = paths(project, domains)
    _check(project, texts, domains)
    if doomed and not yes:
        _confirm(domains, as_json)
    for file, text in texts.items():
        replace_file(file, text)
    remove_all(project, doomed.values())
    if as_json:
        print_json({"settings": [asdict(edit) for edit in edits], "removed": list(doomed)})
    else:
        _print(edits, domains)


def _confirm(domains: Iterable[str], as_json: bool) -> None:
    if as_json:
        raise typer.BadParameter("got no --yes; allowed: --json with it; fix: add --yes")
    typer.confirm(f"Remove the examples {', '.join(domains)}?", abort=True)


def is_terminal() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def _ask(project: Path) -> tuple[dict[str, str | None], dict[str, list[str]]]:
    """Ask for every value, offering what it is now."""
    names = [each for each in environment_names(project) if each != LAPTOP]
    first = names[0] if names else LAPTOP
    common: dict[str, str | None] = {
        key: typer.prompt(text, default=current(project, first, key))
        for key, text in (
            ("project", "Name of the project"),
            ("owner", "Address of its owner"),
            ("cost_center", "Cost center"),
        )
    }
    own = {
        key: {each: typer.prompt(f"{key} of {each}", default=current(project, each, key)) for each in names}
        for key in OWN
    }
    one_region = set(own["region"].values())
    texts = {key: [f"{each}={value}" for each, value in values.items()] for key, values in own.items()}
    return common, {**texts, "region": list(one_region)} if len(one_region) == 1 else texts


def _check(project: Path, texts: Mapping[Path, str], dropped: Iterable[str]) -> None:
    """Look at the project as it would be.

    Raises:
        InvalidInputError: Something would be wrong; holds every fault.
    """
    dropped = list(dropped)
    faults: list[Fault] = []
    if dropped:
        lake = load_lake(project)
        faults += [fault for domain in dropped for fault in reasons_to_stay(lake, domain, dropped)]
        if set(lake.domains) == set(dropped):
            fix = "draft one of your own first: lake new DOMAIN/DATASET --from SAMPLE"
            faults.append(Fault(CONTRACTS, "--drop-examples", "examples alone", "a contract that stays", fix))
    with TemporaryDirectory() as folder:
        trial = Path(folder)
        gone = [] if faults else dropped  # what is needed, or all there is, would be missed once more

        def ignore(where: str, names: list[str]) -> set[str]:
            return set(names).intersection(gone) if Path(where) == project / CONTRACTS else set()

        shutil.copytree(project / "config", trial / "config")
        shutil.copytree(project / CONTRACTS, trial / CONTRACTS, ignore=ignore)
        for file, text in texts.items():
            (trial / file.relative_to(project)).write_text(text, encoding="utf-8")
        faults += check(trial)[2]
    if faults:
        raise InvalidInputError(faults)


def _print(edits: list[Edit], domains: list[str]) -> None:
    for edit in edits:
        after = "as in base.yaml" if edit.after is None else edit.after
        told = f"{edit.file}: {edit.key} {edit.before or 'nothing'} → {after}"
        console.print(f"[green]✓[/green] {escape(told)}", soft_wrap=True)
    if domains:
        console.print(
            f"[green]✓[/green] {count(len(domains), 'example')} removed: {', '.join(domains)}", soft_wrap=True
        )
    if not edits and not domains:
        console.print("nothing to change")
    console.print(
        "[dim]next: people and alarms.emails of each environment, then lake validate[/dim]", soft_wrap=True
    )
