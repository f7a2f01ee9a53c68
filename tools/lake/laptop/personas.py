"""Personas that somebody names on the command line."""

import typer

from config.faults import nearest, one_of
from config.settings import Settings
from lakehouse.model.dataset import Lake


def known(settings: Settings, persona: str) -> str:
    """Return the persona.

    Raises:
        typer.BadParameter: The environment has none of this name.
    """
    if persona in settings.people.personas:
        return persona
    personas = list(settings.people.personas)
    raise typer.BadParameter(
        f"got {persona}; allowed: {one_of(personas)}; fix: {nearest(persona, personas)}", param_hint="--as"
    )


def as_reader(settings: Settings, lake: Lake, layer: str) -> str:
    """Return the option of `lake sql` that names the first persona who may read a layer.

    Empty where that one asks anyway, or nobody may.
    """
    personas = list(settings.people.personas)
    reader = next((each for each in personas if each in lake.access.readers(layer)), None)
    return "" if reader in (None, personas[0]) else f" --as {reader}"
