"""Codes under which records are rejected: the one place that says which there are."""

from dataclasses import dataclass

REASONS = {
    "unreadable_file": "the object is no Parquet file, has no byte, is cut off, or its compression is "
    "damaged; it counts as one record",
    "oversized_record": "the record is longer than 8 MiB; quarantine keeps its beginning",
    "not_utf8": "bytes, or escapes of halves of characters, that are no UTF-8, or none of the encoding that "
    "the contract names; a byte order mark is welcome",
    "bad_header": "the first line of a CSV object names no column of the contract, or none at all; it, or "
    "the schema of a Parquet file, names one twice",
    "missing_column": "a required column is missing in a CSV header or a Parquet schema",
    "unknown_field": "a field that the contract does not name, where `unknownFields: reject`",
    "malformed_json": "no JSON object on a line, or several of which one is malformed",
    "malformed_csv": "more or fewer values than the header, quotes that do not match, or a NUL",
    "repeated_key": "a key twice in one JSON object, or names of another case twice; of a product, a key of "
    "two rows",
    "missing_required": "no value where the contract requires one",
    "wrong_type": "no value of the type, or one that the type would round",
    "overflow": "a number greater than the type holds",
    "bad_timestamp": "no date or instant of the calendar; or a zone missing, or one too many",
    "out_of_range": "below the minimum or above the maximum",
    "not_allowed": "none of the allowed values",
    "pattern_mismatch": "no match of the pattern",
    "bad_length": "too short or too long",
}
"""What each code means, in the order in which a record is judged."""

MAX_RECORD_BYTES = 8 * 1024 * 1024
"""Bytes of a record; a longer one is rejected unread, as are fields of CSV that have no end."""

KEPT_CHARACTERS = 64 * 1024
"""Characters that quarantine keeps of a record that is too long."""


@dataclass(frozen=True)
class Breach:
    """One way to break a contract."""

    reason: str
    """Code, the same for all datasets."""
    detail: str
    """What was expected where; holds no value of the record."""

    def __post_init__(self) -> None:
        """Refuse a code that nobody has explained."""
        if self.reason not in REASONS:
            raise ValueError(f"reason: got {self.reason!r}; allowed: {', '.join(REASONS)}")

    @property
    def rule(self) -> str:
        """Name of the rule that is broken."""
        return f"{self.reason}: {self.detail}"
