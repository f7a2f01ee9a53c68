"""Lines of JSON: many that a contract wants, and some of everything else."""

import json
import random

from lakehouse_etl.contract.model import Dataset

from tests.unit.glue_scripts.judge.vectorised.contracts import NAMES, ROUTING
from tests.unit.glue_scripts.judge.vectorised.drawn_values import field_token
from tests.unit.glue_scripts.mutations import TOKENS, mutated

_BOM = b"\xef\xbb\xbf"


def json_object(rng: random.Random, dataset: Dataset, *, odd: float) -> bytes:
    """Return the content of an object; `odd` is the share of lines that are not as they should be."""
    lines = [_line(rng, dataset, odd=odd) for _ in range(rng.choice((1, 10, 100)))]
    if rng.random() < odd:
        lines.insert(rng.randrange(len(lines)), rng.choice((b"", b"  ", b"\t", b"[]", b"{}", b"x" * 2000)))
    end = rng.choice((b"\n", b"\n", b"\r\n", b"\r"))
    return rng.choice((b"", b"", _BOM)) + end.join(lines) + rng.choice((b"", end))


def _line(rng: random.Random, dataset: Dataset, *, odd: float) -> bytes:
    is_odd = rng.random() < odd
    members = [
        (field.source_name, field_token(rng, field, odd / 4))
        for field in dataset.fields
        if field.required or rng.random() < 0.8
    ]
    if dataset.bronze.routing_member:
        members.append((ROUTING, '"orders"'))
    if rng.random() < (0.5 if dataset.unknown_fields == "ignore" else odd):
        members.append((rng.choice(("extra", "other", "Extra")), _any(rng)))
    if is_odd and rng.random() < 0.4:
        members = _disturbed(rng, members)
    if rng.random() < 0.2:
        rng.shuffle(members)
    line = _written(rng, members)
    if is_odd and rng.random() < 0.5:
        return mutated(rng, line, (_swap,))
    return (
        line if rng.random() >= odd / 4 else rng.choice((line + line, line + b" " + line, b"[" + line + b"]"))
    )


def _disturbed(rng: random.Random, members: list[tuple[str, str]]) -> list[tuple[str, str]]:
    name, token = rng.choice(members) if members else ("extra", "1")
    added = rng.choice(
        [
            (name, token),
            (name, "null"),
            (name.upper(), token),
            (rng.choice(NAMES), '"1"'),
            ("extra", '{"a": 1, "a": 2}'),
            ("extra", "[" * 600 + "]" * 600),
            ("extra", "1" * 1001),
        ]
    )
    kept = [each for each in members if each[0] != name or rng.random() < 0.5]
    return [*kept, added]


def _written(rng: random.Random, members: list[tuple[str, str]]) -> bytes:
    colon, comma = rng.choice(((":", ","), (": ", ", "), (" :\t", " ,\t")))
    escape = rng.random() < 0.05
    names = [_name(name, escape=escape) for name, _ in members]
    body = comma.join(f"{name}{colon}{token}" for name, (_, token) in zip(names, members, strict=True))
    blank = rng.choice(("", "", "", "", " "))
    return f"{blank}{{{body}}}{blank}".encode()


def _name(name: str, *, escape: bool) -> str:
    text = json.dumps(name, ensure_ascii=False)
    return f'"\\u{ord(name[0]):04x}{text[2:]}' if escape and text[1] == name[0] else text


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of what follows a colon."""
    before, colon, after = line.partition(b":")
    return before + colon + rng.choice(TOKENS) + after[after.find(b",") :] if colon else line


def _any(rng: random.Random) -> str:
    return rng.choice(("1", '"x"', '"\\"x\\\\"', "null", "[1, 2]", '{"a": "b"}', '["a", "b"]', "true", '"é"'))
