"""Objects of mutated JSON lines, and what a second reader makes of each line."""

import json
import random
import re
from collections.abc import Sequence
from typing import Any

from tests.unit.glue_scripts.mutations import TOKENS, mutated
from tests.unit.glue_scripts.truth import KINDS, Named, RejectError, exactly, json_object, of_json

PER_FILE = 500
SAMPLES: list[dict[str, Any]] = [
    {
        "id": "ü1", "count": 3, "big": -5, "ratio": 0.5, "price": 12.5, "wide": "12345678901234567890.1234",
        "day": "2026-01-31", "at": "2026-01-31T10:00:00.5+01:00", "local": "2026-01-31 10:00:00", "on": True,
        "blob": "AAE=", "note": 'say "x" \\ \n',
        "lines": [{"sku": "a", "units": 1}, {"sku": "b", "units": None}],
    },
    {"id": "2", "note": None, "lines": [], "extra": {"a": [1, {"b": 2}]}},
    {"id": "3", "count": "4", "price": "0.10", "on": "false", "wide": 3},
]  # fmt: skip
_VALUE = re.compile(rb': ("(?:[^"\\]|\\.)*"|[-\w.]+)')


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of a value."""
    found = list(_VALUE.finditer(line))
    if not found:
        return line
    value = rng.choice(found)
    return line[: value.start(1)] + rng.choice(TOKENS) + line[value.end(1) :]


def json_files(
    rng: random.Random, records: int, samples: Sequence[dict[str, Any]] = SAMPLES
) -> list[tuple[str, bytes]]:
    """Objects by their names, with as many mutated records in all."""
    texts = [json.dumps(sample, ensure_ascii=rng.random() < 0.5).encode() for sample in samples]
    lines = [mutated(rng, rng.choice(texts), (_swap,)) for _ in range(records)]
    files = []
    for at in range(0, records, PER_FILE):
        end = rng.choice((b"\n", b"\r\n", b"\r"))
        content = end.join(rng.choice((line, line, line + b"\n")) for line in lines[at : at + PER_FILE])
        bom = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
        files.append((f"{at:05}.json", bom + content))
    return files


def json_lines(content: bytes) -> list[bytes]:
    """The lines of an object that are not blank."""
    split = (line.removeprefix(b"\xef\xbb\xbf") for line in re.split(rb"\r\n|\n|\r", content))
    return [line for line in split if line.strip(b" \t\x0b\x0c")]


def json_truth(line: bytes, named: Named = exactly) -> dict[str, Any] | None:
    """What a line should become; None if it is to be rejected."""
    try:
        record = json_object(line)
        row = {name: of_json(kind, named(record, name), named) for name, kind in KINDS.items()}
    except (RejectError, UnicodeEncodeError):
        return None
    return row if row["id"] is not None else None


def json_records(line: bytes) -> list[bytes]:
    """The objects of a line that holds several, or arrays of them; else the line as it is."""
    try:
        text, found = line.decode(), []
        while text := text.strip(" \t\r\n"):
            is_list = text.startswith("[")
            _, end = json.JSONDecoder().raw_decode(text)
            of_value = _split(text[:end]) if is_list else [text[:end]]
            found += of_value
            text = text[end:]
    except (ValueError, RecursionError):
        return [line]
    if len(found) == 1 and line.strip().startswith(b"{"):
        return [line]
    refused = any(_is_refused(each.encode()) for each in found)
    return [each.encode() for each in found] if found and not refused else [line]


def _split(array: str) -> list[str]:
    """The texts of the elements of an array: each the shortest that is JSON and ends at a comma."""
    found: list[str] = []
    begun = ""
    for piece in array[1:-1].split(","):
        begun += piece
        try:
            json.loads(begun)
        except ValueError:
            begun += ","
        else:
            found.append(begun.strip(" \t\r\n"))
            begun = ""
    return found


def _is_refused(text: bytes) -> bool:
    """Whether it is no object of JSON at all; keys that come twice and half characters are another matter."""
    try:
        json_object(text)
    except RejectError as error:
        cause = error.__cause__
        return not text.startswith(b"{") or (bool(cause) and not isinstance(cause, UnicodeEncodeError))
    return False
