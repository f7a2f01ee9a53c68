"""Reads the settings of one environment and refuses them unless every value is right."""

from functools import cache
from pathlib import Path

from pydantic import create_model

from config import validation
from config.document import Document, read
from config.faults import Fault, InvalidInputError, nearest, one_of
from config.naming import Naming
from config.settings import Settings
from stacks.features.registry import sections

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = "config/environments"
"""Folder of the settings, one file per environment, relative to the project."""

BASE = "base"
"""Name of the file there that says what environments leave out; it is none itself, and need not exist."""


def environment_names(root: Path = PROJECT_ROOT) -> tuple[str, ...]:
    """Names of the environments that have a file, sorted."""
    return tuple(sorted({path.stem for path in (root / ENVIRONMENTS).glob("*.yaml")} - {BASE}))


def settings_files(root: Path = PROJECT_ROOT) -> tuple[Path, ...]:
    """Files of the settings, sorted: one per environment, and the base where there is one."""
    return tuple(sorted((root / ENVIRONMENTS).glob("*.yaml")))


@cache
def settings_model() -> type[Settings]:
    """Return the settings with a key for each feature of this project."""
    return create_model("Settings", __base__=Settings, __doc__=Settings.__doc__, features=(sections(), ...))


def load_settings(environment: str, root: Path = PROJECT_ROOT) -> Settings:
    """Read `config/environments/<environment>.yaml`, and `base.yaml` for what it leaves out.

    Raises:
        InvalidInputError: there is no such file, or anything in it is wrong; holds every fault.
    """
    return load_with_document(environment, root)[0]


def load_with_document(environment: str, root: Path) -> tuple[Settings, Document]:
    """Read the settings of an environment with the document that tells where each is written.

    Raises:
        InvalidInputError: there is no such file, or anything in it is wrong; holds every fault.
    """
    names = environment_names(root)
    if environment not in names:
        fault = Fault(ENVIRONMENTS, "environment", environment, one_of(names), nearest(environment, names))
        raise InvalidInputError([fault])
    document = _read(environment, root)
    settings, found = validation.validate(settings_model(), document.data, document)
    found += _name_faults(environment, document)
    if settings is None or found:
        raise InvalidInputError(found)
    return settings, document


def _read(environment: str, root: Path) -> Document:
    found: list[Document] = []
    faults: list[Fault] = []
    for name in (environment, BASE):
        path = root / ENVIRONMENTS / f"{name}.yaml"
        if path.is_file():
            try:
                found.append(read(path, root))
            except InvalidInputError as error:
                faults += error.faults
    if faults:
        raise InvalidInputError(faults)
    return found[0].over(found[1]) if len(found) > 1 else found[0]


def _name_faults(environment: str, document: Document) -> list[Fault]:
    """Check names before types, so that a fault elsewhere in the file does not hide them."""
    parts = [document.data.get(key) for key in ("project", "environment", "account", "region")]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        return []
    found = [
        document.fault((fault.path,), fault.got, fault.allowed, fault.fix)
        for fault in Naming(*texts).faults(document.where)
    ]
    if texts[1] != environment:
        fix = "rename the file or change the value"
        found.append(document.fault(("environment",), texts[1], f"{environment}, as the file is named", fix))
    return found
