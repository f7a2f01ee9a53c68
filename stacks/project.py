"""What a project says of an environment: its settings and contracts, or all that is wrong with them."""

from pathlib import Path

from config.collisions import collisions, contradictions
from config.faults import Fault, InvalidInputError
from config.load import load_settings
from config.settings import Settings
from lakehouse.access.load import unknown_personas
from lakehouse.model.dataset import Lake
from lakehouse.model.drafts import deployed
from lakehouse.model.lineage import selection
from lakehouse.odcs.lake.load import load_lake
from stacks.features.fitting import misfits


def load_project(root: Path, environment: str, select: str | None) -> tuple[Settings, Lake]:
    """Return the settings of an environment, and what is deployed there.

    Args:
        root: Folder of the project.
        environment: Name of a file in `config/environments`.
        select: Domains and datasets, joined by commas, that are deployed with what they read; None: all.

    Raises:
        InvalidInputError: With every fault of settings and contracts.
    """
    faults: list[Fault] = []
    settings = lake = None
    try:
        settings = load_settings(environment, root)
        faults += collisions(root, environment) + contradictions(root, environment)
    except InvalidInputError as error:
        faults += error.faults
    try:
        lake = load_lake(root)
        if settings is not None:
            faults += misfits(root, lake, environment)
        lake = selection(lake, select.split(",")) if select else lake
    except InvalidInputError as error:
        faults += error.faults
    if settings is not None and lake is not None:
        faults += unknown_personas(settings, lake.access)
        try:
            lake = deployed(lake, settings)
        except InvalidInputError as error:
            faults += error.faults
    if faults or settings is None or lake is None:
        raise InvalidInputError(faults)
    return settings, lake
