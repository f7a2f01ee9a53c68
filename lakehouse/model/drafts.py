"""Contracts that are still being written, and where they are deployed."""

from dataclasses import replace

from config.faults import Fault, InvalidInputError
from config.settings import Settings
from lakehouse.model.dataset import Lake

DRAFT = "draft"
"""Status of a contract that is still being written."""


def deployed(lake: Lake, settings: Settings) -> Lake:
    """Return the lake as an environment deploys it: with drafts, or without them.

    Raises:
        InvalidInputError: A product that is no draft reads one, and the environment is without drafts.
    """
    if settings.drafts:
        return lake
    drafts = {dataset.id for dataset in lake.datasets if dataset.documentation.status == DRAFT}
    rest = tuple(dataset for dataset in lake.datasets if dataset.id not in drafts)
    faults = [
        Fault(
            dataset.source,
            "status",
            dataset.documentation.status or "nothing",
            f"{DRAFT}, or SQL without {', '.join(read)}: {settings.environment} deploys no drafts",
            f"set `status: {DRAFT}` here, or `status: active` there",
        )
        for dataset in rest
        if (read := sorted(drafts.intersection(dataset.inputs)))
    ]
    if faults:
        raise InvalidInputError(faults)
    return replace(lake, datasets=rest)
