"""Columns of fields as the judge gives them away: values that keep every rule, masked."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Field
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.masking import hasher
from lakehouse_etl.judge.vectorised.rules import kept_rules
from lakehouse_etl.judge.vectorised.values import both


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
            return _hash(key)
    return lambda values: values


def _hash(key: bytes) -> Callable[[pa.Array], pa.Array]:
    hashed = hasher(key)

    def mask(texts: pa.Array) -> pa.Array:
        """Hash each text once, however often it is there."""
        encoded = texts.dictionary_encode()
        found = pa.array([hashed(text) for text in encoded.dictionary.to_pylist()], pa.string())
        return found.take(encoded.indices)

    return mask
