"""What features of an environment say of the project's contracts, and these do not hold."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from config.document import Document
from config.faults import Fault, InvalidInputError
from config.load import environment_names, load_with_document
from config.settings import Settings
from lakehouse.model.dataset import Lake
from stacks.features.registry import features, switched_on


def misfits(root: Path, lake: Lake, environment: str | None = None) -> list[Fault]:
    """Find what features of an environment say of the project's contracts that does not hold.

    Environments with faults of their own are passed over: loading them tells.

    Args:
        root: Folder of the project.
        lake: All its contracts.
        environment: The one whose settings are looked at; None: all.
    """
    found: list[Fault] = []
    for name in environment_names(root) if environment is None else [environment]:
        with suppress(InvalidInputError):
            found += _misfits(*load_with_document(name, root), lake)
    return found


def _misfits(settings: Settings, document: Document, lake: Lake) -> Iterator[Fault]:
    for name in switched_on(settings.features):
        for one in features()[name].fits(settings, lake):
            yield document.fault(("features", name, *one.path), one.got, one.allowed, one.fix)
