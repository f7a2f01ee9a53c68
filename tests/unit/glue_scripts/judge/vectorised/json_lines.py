"""Lines of JSON: many that a contract wants, and some of everything else."""

import json
import random
from base64 import b64encode

from lakehouse_etl.contract.model import Checks, Dataset, Field
from lakehouse_etl.contract.types import STRING, Decimal, List, Map, Primitive, Struct, Type

from tests.unit.glue_scripts.judge.vectorised.contracts import NAMES, ROUTING
from tests.unit.glue_scripts.mutations import TOKENS, mutated

_BOM = b"\xef\xbb\xbf"
_CLOCKS = ("T00:00:00", " 23:59:59", "T12:30:00.5", "T12:30:00.123456", "T12:30:00.1234567", "T24:00:00")
_DAYS = ("2026-01-31", "2000-02-29", "1999-12-31", "2026-02-28", "2026-06-30", "0001-01-01", "9999-12-31")
_ZONES = ("Z", "Z", "Z", "+00:00", "+02:00", "-17:59", "+0530", "")
_TEXTS = (
    "a",
    "b",
    "1",
    "",
    "true",
    "é",
    "a b",
    "\U0001f600",
    'say "x" \\ \n',
    "ab\u2028",
    "\t",
    "\x00",
    "Ä-1",
    "x" * 50,
)
_NUMBERS = (
    "0", "1", "-1", "-0", "9", "99", "100", "0.5", "-1.25", "1.10", "0.1", "-0.0", "3.00", "12.345", "1e2", "1E-3",
    "16777217", "0.1000000000000000055511151231257827", "2147483647", "2147483648", "-2147483648", "99999999999",
    "9223372036854775807", "-9223372036854775808", "8999999999999999999", "1.7976931348623157e308", "3.4e38",
)  # fmt: skip


def json_object(rng: random.Random, dataset: Dataset, *, odd: float) -> bytes:
    """Return bytes with the content of an object; `odd` is the share of lines that are none of the contract."""
    lines = [_line(rng, dataset, odd) for _ in range(rng.choice((1, 5, 40)))]
    if rng.random() < odd:
        lines.insert(rng.randrange(len(lines)), rng.choice((b"", b"  ", b"\t", b"[]", b"{}", b"x" * 2000)))
    end = rng.choice((b"\n", b"\n", b"\r\n", b"\r"))
    return rng.choice((b"", b"", _BOM)) + end.join(lines) + rng.choice((b"", end))


def _line(rng: random.Random, dataset: Dataset, odd: float) -> bytes:
    is_odd = rng.random() < odd
    members = [
        (field.name, _wanted(rng, field) or _token(rng, field.type, odd / 4))
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
    names = [f'"\\u{ord(name[0]):04x}{name[1:]}"' if escape else f'"{name}"' for name, _ in members]
    body = comma.join(f"{name}{colon}{token}" for name, (_, token) in zip(names, members, strict=True))
    blank = rng.choice(("", "", "", "", " "))
    return f"{blank}{{{body}}}{blank}".encode()


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of what follows a colon."""
    before, colon, after = line.partition(b":")
    return before + colon + rng.choice(TOKENS) + after[after.find(b",") :] if colon else line


def _any(rng: random.Random) -> str:
    return rng.choice(("1", '"x"', '"\\"x\\\\"', "null", "[1, 2]", '{"a": "b"}', '["a", "b"]', "true", '"é"'))


def _wanted(rng: random.Random, field: Field) -> str | None:
    """Often return a value that keeps most rules, so that not all records break one."""
    if rng.random() < 0.3:
        return None
    if field.type == STRING:
        return rng.choice(('"a"', '"b"'))
    if not isinstance(field.type, Primitive) or field.checks == Checks():
        return None
    return {
        "date": '"2026-01-31"',
        "timestamp": '"2026-01-31T23:59:59"',
        "timestamptz": '"2026-01-31T23:59:59Z"',
    }.get(field.type.name, "1")


def _token(rng: random.Random, kind: Type, odd: float) -> str:
    if rng.random() < 0.03:
        return "null"
    if rng.random() < odd:
        return rng.choice(TOKENS).decode(errors="replace")
    match kind:
        case List():
            return _array([_token(rng, kind.element, odd) for _ in range(rng.randrange(4))])
        case Map():
            return _object([(f"k{at}", _token(rng, kind.value, odd)) for at in range(rng.randrange(3))])
        case Struct():
            found = [(each.name, _token(rng, each.type, odd)) for each in kind.members if rng.random() < 0.9]
            others = [(rng.choice(("m0", "M1", "extra")), "1")] if rng.random() < odd else []
            return _object([*found, *others])
        case Decimal():
            return _decimal(rng, kind)
    return _scalar(rng, kind.name)


def _array(tokens: list[str]) -> str:
    return f"[{','.join(tokens)}]"


def _object(members: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{name}": {token}' for name, token in members) + "}"


def _decimal(rng: random.Random, kind: Decimal) -> str:
    whole, scale = rng.randint(0, kind.precision - kind.scale), rng.randint(0, kind.scale)
    digits = str(rng.randrange(10**whole))
    fraction = (
        "." + "".join(rng.choices("0123456789", k=scale)) + "0" * rng.choice((0, 0, 3)) if scale else ""
    )
    number = rng.choice((rng.choice(_NUMBERS), *3 * (rng.choice(("", "-")) + digits + fraction,)))
    return number if rng.random() < 0.9 else f'"{number}"'


def _scalar(rng: random.Random, name: str) -> str:
    match name:
        case "boolean":
            return rng.choice(("true", "false", "true", "false", '"true"', '"FALSE"'))
        case "int" | "long":
            size = 2 ** (31 if name == "int" else 63)
            number = rng.choice(
                (str(rng.randrange(-3, 101)), str(rng.randrange(-size, size)), rng.choice(_NUMBERS))
            )
            return number if rng.random() < 0.9 else f'"{number}"'
        case "float" | "double":
            number = rng.choice(
                (
                    rng.choice(_NUMBERS),
                    repr(rng.uniform(-5, 100)),
                    repr(rng.random() * 10.0 ** rng.randrange(-20, 20)),
                )
            )
            return number if rng.random() < 0.9 else f'"{number}"'
    return json.dumps(_text(rng, name), ensure_ascii=rng.random() < 0.5)


def _text(rng: random.Random, name: str) -> str:
    match name:
        case "date":
            return rng.choice(_DAYS)
        case "timestamp":
            return rng.choice(_DAYS) + rng.choice(_CLOCKS)
        case "timestamptz":
            return rng.choice(_DAYS) + rng.choice(_CLOCKS) + rng.choice(_ZONES)
        case "binary":
            return rng.choice((b64encode(rng.randbytes(rng.randrange(5))).decode(), "QR==", "QQ"))
    return rng.choice(_TEXTS)
