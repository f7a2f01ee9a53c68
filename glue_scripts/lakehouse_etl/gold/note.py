"""What a product says of what it was made of, in the summary of its commits."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from lakehouse_etl.contract.model import Product
from lakehouse_etl.tables.history import Snapshot

DEFINITION = "lake.definition"
"""Snapshot property: a hash of the contract and SQL that the product was made by."""

INPUT = "lake.input."
"""Prefix of snapshot properties: the snapshot of an input that the product was made of, 0 for none."""


def note_of(product: Product, heads: Mapping[str, int | None]) -> dict[str, str]:
    """Return what a version made of these snapshots says of itself."""
    inputs = {INPUT + id_: str(head or 0) for id_, head in heads.items()}
    return {DEFINITION: sha256(repr(product).encode()).hexdigest(), **inputs}


def is_noted(note: Mapping[str, str], history: Sequence[Snapshot]) -> bool:
    """Whether the newest commit of a product says all that already."""
    return bool(history) and note.items() <= history[0].summary.items()
