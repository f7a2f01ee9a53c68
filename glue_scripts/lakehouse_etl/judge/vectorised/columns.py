"""Columns of fields as the judge gives them away: values that keep every rule, masked."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Field
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.masking import hashed
from lakehouse_etl.judge.vectorised.rules import kept_rules
from lakehouse_etl.judge.vectorised.values import both

_KNOWN = 200_000
"""Hashed texts that are remembered: customers come again."""


class Column:
    """Judges the values of one field."""

    def __init__(self, field: Field, key: bytes | None) -> None:
        """Take the field, and the key for masking.

        Raises:
            UnservedError: No value keeps the rules of the field.
        """
        self._rules = tuple(kept_rules(field))
        self._mask = _mask(field, key)

    def clean(self, values: pa.Array) -> pa.Array | None:
        """Return whether each value keeps every rule; None if all do. Null does."""
        clean = None
        for rule in self._rules:
            kept = rule(values)
            if values.null_count:
                kept = pc.or_kleene(kept, values.is_null())
            if not pc.all(kept, min_count=0).as_py():
                clean = both(clean, kept)
        return clean

    def masked(self, values: pa.Array) -> pa.Array:
        """Return what silver may hold of the values."""
        return self._mask(values)


def _mask(field: Field, key: bytes | None) -> Callable[[pa.Array], pa.Array]:
    match field.masking:
        case "redact":
            return lambda values: pa.nulls(len(values), arrow_type(field.type))
        case "hash" if key is not None:
            return _Hash(key)
    return lambda values: values


class _Hash:
    """Hashes each text once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str | None] = {}

    def __call__(self, values: pa.Array) -> pa.Array:
        encoded = values.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        if len(self._known) > _KNOWN:
            self._known.clear()
        found = [self._of(text) for text in texts]
        return pa.array(found, pa.string()).take(encoded.indices)

    def _of(self, text: str) -> str | None:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = hashed(self._key, text)
        return known
