"""Personas that somebody names on the command line."""

import typer

from config.faults import nearest, one_of
from config.settings import Settings


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
