"""What `lake upgrade` does, apart from its words on the command line."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.markup import escape

from config.load import ENVIRONMENTS
from tools.assembly.folder import synthesized
from tools.cli.project import console, count, print_json
from tools.lake.revision import Revision
from tools.upgrade.approvals import FILE, Judged, entries, judge
from tools.upgrade.classify import classify
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind

_TITLES = {
    Kind.REPLACED: "made anew",
    Kind.DELETED: "gone",
    Kind.UNPROTECTED: "less protected",
    Kind.REFUSED: "refused by CloudFormation",
    Kind.STALE: "left behind",
    Kind.RIGHTS: "can do more",
    Kind.ACKNOWLEDGED: "accepted findings",
    Kind.PUBLIC: "open to the outside",
    Kind.INTERRUPTED: "interrupted",
}


def found(
    environment: str, root: Path, *, ref: str | None, before: Path | None, templates: Path | None
) -> list[Finding]:
    """Return what the templates of an environment change.

    Args:
        environment: Name of the environment.
        root: Folder of the project.
        ref: Revision that is deployed, if its assembly is not there; its own code synthesizes it.
        before: Assembly that is deployed.
        templates: Assembly that is going to be; without it, the project is synthesized.

    Returns:
        The findings; none if the revision does not have the environment.

    Raises:
        InvalidInputError: Settings, contracts or templates have faults.
        typer.BadParameter: There is no such revision.
    """
    with _former(environment, root, ref, before) as old:
        if old is None:
            return []
        with _folder(environment, root, templates) as new:
            return classify(Deployment.of_folder(old), Deployment.of_folder(new))


@contextmanager
def _former(environment: str, root: Path, ref: str | None, before: Path | None) -> Iterator[Path | None]:
    if before is not None or ref is None:
        yield before
        return
    with Revision.find(root, ref).checked_out_whole() as former:
        if not (former / ENVIRONMENTS / f"{environment}.yaml").is_file():
            yield None
            return
        with synthesized(environment, former, checked=False) as folder:
            yield folder


@contextmanager
def _folder(environment: str, root: Path, templates: Path | None) -> Iterator[Path]:
    if templates is not None:
        yield templates
        return
    with synthesized(environment, root) as folder:
        yield folder


def tell(environment: str, findings: Sequence[Finding], root: Path, *, as_json: bool) -> bool:
    """Print findings, and return whether everything dangerous is approved.

    Raises:
        InvalidInputError: Approvals have faults.
    """
    judged = judge(environment, findings, root)
    if as_json:
        print_json(_document(environment, judged))
    else:
        _print(environment, judged)
    return not judged.open


def _document(environment: str, judged: Judged) -> dict[str, Any]:
    return {
        "environment": environment,
        "open": [vars(each) for each in judged.open],
        "approved": [{**vars(each), "reason": one.reason} for each, one in judged.approved],
        "told": [vars(each) for each in judged.told],
    }


def _print(environment: str, judged: Judged) -> None:
    reasons = {each: one.reason for each, one in judged.approved}
    everything = sorted([*judged.open, *reasons, *judged.told], key=lambda each: (not each.dangerous, each))
    for kind, own in groupby(everything, key=lambda each: each.kind):
        console.print(f"\n[bold]{_TITLES[kind]}[/bold] ({kind})")
        for each in own:
            _print_one(each, reasons.get(each))
    if judged.open:
        console.print(f"\nWhat is meant, {FILE} approves, each with its reason:\n")
        console.print(entries(environment, judged.open), markup=False, soft_wrap=True)
    mark = "[red]✗[/red]" if judged.open else "[green]✓[/green]"
    told = f"{count(len(judged.open), 'danger')} open, {len(reasons)} approved, {len(judged.told)} told"
    console.print(f"{mark} {environment}: {told}")


def _print_one(each: Finding, reason: str | None) -> None:
    style = "green" if reason else "red" if each.dangerous else "yellow"
    console.print(f"  [{style}]{escape(each.place)}[/{style}]: {escape(each.what)}", soft_wrap=True)
    for detail in each.details:
        console.print(f"    [dim]{escape(detail)}[/dim]", soft_wrap=True)
    told = f"approved: {reason}" if reason else each.why
    console.print(f"    [dim]{escape(told)}[/dim]", soft_wrap=True)
