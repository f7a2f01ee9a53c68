"""Who reads what: rules for kinds of people, and what single contracts say beside them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from config.section import Section
from config.settings import PersonaName

LayerName = Literal["bronze", "silver", "gold", "quarantine"]
Classification = Literal["public", "internal", "confidential", "restricted"]


class ReadRule(Section):
    """Columns that a persona reads: those that every key says yes to."""

    layers: Annotated[tuple[LayerName, ...], Field(min_length=1)]
    """Layers of their tables."""
    classifications: Annotated[tuple[Classification, ...], Field(min_length=1)]
    """How sensitive they may be. What no contract classifies counts as `restricted`: bronze, texts of
    rejected records, deleted keys; quality results and reasons of rejections are `internal`."""
    domains: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Domains of their tables; null: all."""


class Persona(Section):
    """A kind of people who ask the lake, each with a role and a work group of its own."""

    purpose: str
    """What they use the lake for, in a sentence."""
    reads: tuple[ReadRule, ...]
    """What they read; a column that one rule allows is read."""
    describes: tuple[LayerName, ...] = ()
    """Layers whose tables and columns they see the names of, without reading a value."""

    @property
    def layers(self) -> tuple[LayerName, ...]:
        """Layers of which a rule allows something, in the order of the rules."""
        return tuple(dict.fromkeys(layer for rule in self.reads for layer in rule.layers))


class AccessPolicy(Section):
    """What the personas may read, unless a contract says otherwise."""

    personas: Annotated[dict[PersonaName, Persona], Field(min_length=1)]
    """Personas by name, those with the fewest rights first: saved queries go to the first who may read."""

    def readers(self, layer: str) -> tuple[str, ...]:
        """Return the personas that read something in a layer, in the policy's order."""
        return tuple(name for name, persona in self.personas.items() if layer in persona.layers)


NOBODY = AccessPolicy.model_construct(personas={})
"""A policy that lets nobody read."""


@dataclass(frozen=True)
class Reader:
    """What a contract says of one persona; instead of the policy if it names columns or rows."""

    persona: str
    columns: tuple[str, ...] | None = None
    """The only columns that it reads; None: those that the policy allows."""
    rows: str | None = None
    """Condition of the only rows that it reads, in Lake Formation's grammar; None: all."""

    @property
    def narrows(self) -> bool:
        """Whether the policy's tags alone cannot say it."""
        return self.columns is not None or self.rows is not None

    def __str__(self) -> str:
        """For people: `analyst (columns region, amount; rows region = 'EU')`."""
        named = [] if self.columns is None else [f"columns {', '.join(self.columns) or 'none'}"]
        told = "; ".join(named + ([] if self.rows is None else [f"rows {self.rows}"]))
        return f"{self.persona} ({told})" if told else self.persona
