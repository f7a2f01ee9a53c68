"""What values that come as JSON may break before any of them is read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import List, Map, Struct
from lakehouse_etl.judge.fields.rules import breach
from lakehouse_etl.judge.json.nested import FRACTION, REPEATED, UNKNOWN, Check, check_text, nested_check
from lakehouse_etl.judge.json.parsing import Fraction

UNKNOWN_FIELD = Breach("unknown_field", "expected only fields of the contract (policy unknownFields: reject)")


class _Form(NamedTuple):
    place: int
    check: Check
    breaches: dict[str, Breach]
    """What a field breaks, by what is wrong, first what comes first."""


class Forms:
    """Checks the form of the fields of a record."""

    def __init__(self, dataset: Dataset, *, of_texts: bool) -> None:
        """Take the dataset, and whether text fields are values of JSON, not only nested ones."""
        self._rejects = dataset.unknown_fields == "reject"
        self._forms = [
            _Form(place, check, _breaches(field))
            for place, field in enumerate(dataset.fields)
            if (of_texts or is_nested(field)) and (check := nested_check(field.type)) is not None
        ]
        self._texts = [form.place for form in self._forms if form.check is check_text]
        self._is_flat = len(self._texts) == len(self._forms)
        self.breaches = tuple(each for form in self._forms for each in form.breaches.values())
        """What fields may break, in order; before that a record may have an `UNKNOWN_FIELD`."""

    def broken(self, given: Sequence[Any]) -> Breach | None:
        """Return the first breach of a record, None if it keeps its form."""
        if self._is_flat and Fraction not in [type(given[place]) for place in self._texts]:
            return None
        first = None
        found: set[str] = set()
        for place, check, breaches in self._forms:
            check(given[place], found)
            if found:
                if self._rejects and UNKNOWN in found:
                    return UNKNOWN_FIELD
                first = first or next((each for name, each in breaches.items() if name in found), None)
                found.clear()
        return first


def is_nested(field: Field) -> bool:
    """Whether a field holds other values."""
    return isinstance(field.type, List | Map | Struct)


def _breaches(field: Field) -> dict[str, Breach]:
    repeated = breach(field, "repeated_key", "each key of an object once")
    fraction = breach(field, "wrong_type", "a text; a number with a fraction needs quotes")
    return {REPEATED: repeated, FRACTION: fraction} if is_nested(field) else {FRACTION: fraction}
