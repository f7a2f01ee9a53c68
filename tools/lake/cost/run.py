"""What `lake cost` does, apart from its words on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from config.faults import InvalidInputError
from config.load import load_settings
from config.settings import Settings
from lakehouse.model.dataset import Lake
from lakehouse.odcs.lake.load import load_lake
from tools.assembly.assembly import Assembly
from tools.assembly.folder import synthesized
from tools.cli.project import count, errors, print_json
from tools.lake.cost.estimate import Estimate, estimate
from tools.lake.cost.prices import assumptions, prices_of
from tools.lake.cost.show import changes_document, document, show, show_changes
from tools.lake.cost.subject import Subject
from tools.lake.revision import Revision, load_at


def run(environment: str, root: Path, templates: Path | None, ref: str | None, *, as_json: bool) -> None:
    """Estimate an environment, or what changed of it since a revision, and print it.

    Raises:
        InvalidInputError: Settings, contracts or templates have faults, or the region has no prices.
        typer.BadParameter: There is no such revision.
    """
    settings, lake = load_settings(environment, root), load_lake(root)
    with _folder(environment, root, templates) as folder:
        new = _estimate(settings, lake, folder)
    if ref is None:
        _tell(new, environment, settings.region, as_json=as_json)
        return
    old = _former(environment, root, ref)
    if as_json:
        print_json(changes_document(old, new, ref))
    else:
        show_changes(old, new, ref)


def _tell(found: Estimate, environment: str, region: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document(found, environment, region))
    else:
        show(found, environment, region)


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
