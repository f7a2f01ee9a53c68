"""Objects of mutated CSV records, and what a second reader of RFC 4180 makes of them."""

import random
import re
from collections.abc import Iterator
from typing import Any

from tests.unit.glue_scripts.mutations import TOKENS, mutated
from tests.unit.glue_scripts.truth import KINDS, Named, RejectError, by_case, exactly, of_json

PER_FILE = 250
HEADER = b"note,id,count,big,ratio,price,wide,day,at,local,on,blob,lines"
SAMPLES = [
    b'"say ""x"", \xc3\xbc",1,3,-5,0.5,12.5,12345678901234567890.1234,2026-01-31,2026-01-31T10:00:00.5+01:00,'
    b'2026-01-31 10:00:00,true,AAE=,"[{""sku"": ""a"", ""units"": 1}]"',
    b"NA,2,,,,,,,,,,,",
    b'"two\r\nlines\n",3,4,NA,1e3,0.10,3,2024-02-29,1970-01-01T00:00:00Z,2026-01-01T00:00:00,FALSE,,[]',
]


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of a value."""
    values = line.split(b",")
    values[rng.randrange(len(values))] = rng.choice(TOKENS)
    return b",".join(values)


def csv_files(rng: random.Random, records: int) -> Iterator[tuple[str, bytes]]:
    """Objects by their names, with as many mutated records in all."""
    for at in range(0, records, PER_FILE):
        lines = [mutated(rng, rng.choice(SAMPLES), (_swap,)) for _ in range(PER_FILE)]
        if at % (PER_FILE * 2):
            # An odd quote swallows what follows, so half of the files have none.
            lines = [line if line.count(b'"') % 2 == 0 else line.replace(b'"', b"") for line in lines]
        header = HEADER if rng.random() < 0.9 else mutated(rng, HEADER, (_swap,))
        bom = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
        end = rng.choice((b"\n", b"\r\n", b"\r"))
        yield f"{at:05}.csv", bom + end.join([header, *lines])


def _records(text: str) -> Iterator[tuple[str, list[str] | None]]:
    """A second reader of RFC 4180: every record with its values, None where its quotes do not match."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)
    at = 0
    while at < len(lines):
        raw, values = lines[at], None
        at += 1
        while (values := _values(raw)) == "open" and at < len(lines):
            raw += lines[at]
            at += 1
        yield raw, values if isinstance(values, list) else None


_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=,|\r?\n?\Z)|((?!")[^,\r\n]*)')


def _values(raw: str) -> list[str] | str | None:
    """Values of a record, None if it is none, `open` if a quote has no end yet."""
    found: list[str] = []
    at = 0
    while True:
        if raw[at : at + 1] == '"' and not re.match(r'"(?:[^"]|"")*"(?!")', raw[at:]):
            return "open"
        match = _FIELD.match(raw, at)
        if match is None:
            return None
        found.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end()
        if raw[at : at + 1] != ",":
            return found if not raw[at:].strip("\r\n") else None
        at += 1


def _judged(header: list[str], raw: str, values: list[str] | None, named: Named) -> dict[str, Any] | None:
    if (
        values is None
        or len(values) != len(header)
        or "\0" in raw
        or raw != _text(raw.encode(errors="surrogateescape"))
    ):
        return None
    texts = {name: None if text in ("", "NA") else text for name, text in zip(header, values, strict=True)}
    try:
        row = {name: of_json(kind, texts.get(name), named) for name, kind in KINDS.items()}
    except RejectError:
        return None
    return row if row["id"] is not None else None


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def csv_truth(content: bytes, *, lenient: bool = False) -> list[dict[str, Any] | None]:
    """What an object should become, record by record.

    `lenient`: names may differ by case, and a column without a name spoils nothing.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
    first, *rest = [(raw, values) for raw, values in _records(text) if raw.strip(" \t\r\n")]
    names = [name.strip() for name in first[1] or ()]
    if lenient:
        names = [_stands_for(name, names) or f"\0{at}" for at, name in enumerate(names)]
    known = set(names) & set(KINDS)
    useless = not known or "" in names or len(set(names)) < len(names) or "id" not in names
    if useless or "\0" in first[0] or first[0] != _text(first[0].encode(errors="surrogateescape")):
        lines = re.split(r"\r\n|\r|\n", text[text.index(first[0]) + len(first[0]) :])
        return [None] * (1 + sum(bool(line.strip(" \t")) for line in lines))
    return [_judged(names, raw, values, by_case if lenient else exactly) for raw, values in rest]


def _stands_for(name: str, names: list[str]) -> str:
    lowered = name.lower()
    return lowered if lowered in KINDS and lowered not in names else name
