"""Files of settings that commands edit: tried before they are written, and each written at once."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from config.collisions import collisions
from config.faults import Fault, InvalidInputError
from config.load import ENVIRONMENTS, environment_names, load_settings


def check_settings(project: Path, edited: Mapping[Path, str]) -> None:
    """Load all environments of a project as they would be with some files edited.

    Raises:
        InvalidInputError: They would not be valid; holds every fault.
    """
    faults: list[Fault] = []
    with TemporaryDirectory() as folder:
        trial = Path(folder)
        shutil.copytree(project / ENVIRONMENTS, trial / ENVIRONMENTS)
        for file, text in edited.items():
            (trial / file.relative_to(project)).write_text(text, encoding="utf-8")
        for name in environment_names(trial):
            try:
                load_settings(name, trial)
            except InvalidInputError as error:
                faults += error.faults
        faults += collisions(trial)
    if faults:
        raise InvalidInputError(faults)


def replace_file(file: Path, text: str) -> None:
    """Replace a file as a whole or not at all."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
