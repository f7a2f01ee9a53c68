"""Values masked by every method, at every depth, in every format: against a reference of plain Python."""

import hmac
import math
from datetime import date, datetime
from decimal import Decimal as Number
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.masking import Masking
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.types import parsed
from lakehouse_etl.judge.fields.masking import Keys, mask_of
from lakehouse_etl.judge.fields.tokens import Tokens
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.vectorised import parts

from tests.unit.glue_scripts.judge.parquet.files import parquet
from tests.unit.glue_scripts.judge.subjects import KEY, KEYS, dataset, lines

MAIL = "zoë.quist@example.org"
GROUPS = {"method": "generalize", "groups": {"Benelux": ["BE", "NL"]}, "other": "elsewhere"}


def hashed(text: str) -> str:
    return hmac.new(KEY, text.encode(), "sha256").hexdigest()


Case = tuple[str, Any, Any, Any]
"""A type, how it is masked, a value, and what is left of it."""

CASES: list[Case] = [
    ("string", "hash", MAIL, hashed(MAIL)),
    ("string", "redact", MAIL, None),
    ("string", "tokenize", MAIL, Tokens(b"token key").token(MAIL)),
    ("string", {"method": "truncate", "first": 3}, MAIL, "zoë"),
    ("string", {"method": "truncate", "last": 4}, MAIL, ".org"),
    ("string", {"method": "truncate", "last": 40}, MAIL, MAIL),
    ("string", GROUPS, "NL", "Benelux"),
    ("string", GROUPS, "FR", "elsewhere"),
    ("date", {"method": "generalize", "to": "year"}, "2026-05-17", date(2026, 1, 1)),
    ("date", {"method": "generalize", "to": "quarter"}, "1969-12-31", date(1969, 10, 1)),
    ("date", {"method": "generalize", "to": "month"}, "0001-01-31", date(1, 1, 1)),
    ("timestamp", {"method": "generalize", "to": "day"}, "2026-05-17T23:59:59.9", datetime(2026, 5, 17)),
    (
        "timestamptz",
        {"method": "generalize", "to": "hour"},
        "2026-05-17T00:30:00+01:00",
        datetime(2026, 5, 16, 23),
    ),
    ("int", {"method": "generalize", "width": 10}, 47, 40),
    ("int", {"method": "generalize", "width": 10}, -1, -10),
    ("int", {"method": "generalize", "width": 1000}, -(2**31), -(2**31)),
    ("long", {"method": "generalize", "width": 10}, -(2**63), -(2**63)),
    ("decimal(9, 2)", {"method": "generalize", "width": 50}, "-0.01", Number("-50.00")),
    ("decimal(38, 0)", {"method": "generalize", "width": 7}, "9" * 38, Number(int("9" * 38) // 7 * 7)),
    ("decimal(3, 1)", {"method": "generalize", "width": 100}, "-99.9", Number("-99.9")),
    ("double", {"method": "generalize", "width": 5}, 12.75, 10.0),
    ("float", {"method": "generalize", "width": 5}, -0.5, -5.0),
    ("boolean", "redact", True, None),
    ("binary", "redact", "YQ==", None),
]
IDS = [f"{kind} {masking}" for kind, masking, *_ in CASES]


def member(kind: Any, masking: Any) -> dict[str, Any]:
    return {"name": "m", "type": kind, "required": True, "masking": masking}


def struct(kind: Any, masking: Any) -> dict[str, Any]:
    plain = {"name": "n", "type": "int", "required": False}
    return {"type": "struct", "fields": [plain, member(kind, masking)]}


def items(kind: Any) -> dict[str, Any]:
    return {"type": "list", "element": kind, "element-required": False}


def values(kind: Any) -> dict[str, Any]:
    return {"type": "map", "key": "string", "value": kind, "value-required": False}


def _redacted_whole(masking: Any, wrapped: Any) -> Any:
    """A list or map that is redacted is null as a whole, not in its elements."""
    return None if masking == "redact" else wrapped


NESTINGS: dict[str, Any] = {
    "column": lambda kind, masking, value, left: (kind, masking, value, left),
    "member": lambda kind, masking, value, left: (
        struct(kind, masking), None, {"n": 1, "m": value}, {"n": 1, "m": left}
    ),
    "element": lambda kind, masking, value, left: (
        items(kind), masking, [value, None], _redacted_whole(masking, [left, None])
    ),
    "value": lambda kind, masking, value, left: (
        values(items(kind)), masking, {"k": [value]}, _redacted_whole(masking, [("k", [left])])
    ),
    "member of elements": lambda kind, masking, value, left: (
        items(struct(kind, masking)), None, [{"m": value}, None], [{"n": None, "m": left}, None]
    ),
    "member of values": lambda kind, masking, value, left: (
        values(struct(struct(kind, masking), None)), None, {"k": {"m": {"m": value}}},
        [("k", {"n": None, "m": {"n": None, "m": left}})],
    ),
}  # fmt: skip


def subject(kind: Any, masking: Any, form: str = "json") -> Dataset:
    """A dataset with two masked columns, one of which is mostly null."""
    fields = {"id": "string", "c": kind, "d": kind}
    return dataset(
        fields, {"c": {"masking": masking, "required": True}, "d": {"masking": masking}}, {"format": form}
    )


def plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def stripped(value: Any) -> Any:
    """Without the zone of instants, however deep."""
    match value:
        case dict():
            return {key: stripped(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(stripped, value))
    return plain(value)


@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_value_is_masked_by_both_tiers(case: Case, nesting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FEW", 1)
    whole, of_column, given, expected = NESTINGS[nesting](*case)
    judge = Judge(subject(whole, of_column), KEYS)
    source = Source("a.json", lines({"id": "a", "c": given}, {"id": "b", "c": given, "d": given}))
    for judged in (judge.judged, judge.carefully):
        found = list(judged(source))
        assert not any(part.rejected for part in found)
        for part in found:
            part.rows.validate(full=True)
            assert part.rows.schema == judge.schema
        rows = [stripped(row) for part in found for row in part.rows.to_pylist()]
        assert [(row["c"], row["d"]) for row in rows] == [(expected, None), (expected, expected)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_value_of_a_file_is_masked(case: Case) -> None:
    kind, masking, value, left = case
    csv = Judge(subject(kind, masking, "csv"), KEYS)
    [part] = csv.judged(
        Source("a.csv", f"id,c\na,{str(value).lower() if value is True else value}\n".encode())
    )
    assert [plain(each) for each in part.rows["c"].to_pylist()] == [left]
    if isinstance(value, str) or kind in ("int", "long", "double", "boolean"):
        table = {"id": ["a", "b", "c"], "c": [value, value, None]}
        [part] = Judge(subject(kind, masking, "parquet"), KEYS).judged(Source("a", parquet(table)))
        assert [plain(each) for each in part.rows["c"].to_pylist()] == [left, left]
        assert [each.breach.reason for each in part.rejected] == ["missing_required"]


def test_required_member_that_is_redacted_is_demanded_of_records_and_optional_in_rows() -> None:
    judge = Judge(subject(struct("string", "redact"), None), KEYS)
    [part] = judge.judged(Source("a.json", lines({"id": "a", "c": {"m": "x"}}, {"id": "b", "c": {"n": 1}})))
    assert part.rows["c"].to_pylist() == [{"n": None, "m": None}]
    assert [each.breach.reason for each in part.rejected] == ["missing_required"]
    assert judge.schema.field("c").type.field("m").nullable
    stored = subject(struct("string", "redact"), None).columns
    assert str(stored[1].type) == "struct<n:int, m:string>"
    assert not stored[1].type.members[1].required  # type: ignore[union-attr]


def ranges(kind: str, width: int, number: Any) -> Any:
    mask = mask_of(subject(kind, {"method": "generalize", "width": width}).fields[1], KEYS)
    [found] = mask(
        pa.array([number], {"int": pa.int32(), "long": pa.int64(), "double": pa.float64()}[kind])
    ).to_pylist()
    return found


@given(st.integers(-(2**63), 2**63 - 1), st.integers(2, 10**6))
def test_number_falls_into_a_range_that_holds_it(number: int, width: int) -> None:
    found = ranges("long", width, number)
    assert found <= number < found + width
    assert found % width == 0 or found == -(2**63)


@given(st.floats(-(2.0**52), 2.0**52), st.integers(1, 10**6))
def test_fraction_falls_into_a_range_that_holds_it(number: float, width: int) -> None:
    found = ranges("double", width, number)
    assert found <= number
    assert found % width == 0
    assert number - found <= width


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_number_without_a_range_stays(number: float) -> None:
    assert repr(ranges("double", 10, number)) == repr(number)


def test_pseudonyms_join_across_datasets_columns_and_runs_of_one_lake_alone() -> None:
    """Whatever the dataset, the column, its depth and the process that judges."""
    for method, key in (("hash", Keys(masking=b"other")), ("tokenize", Keys(token=b"other"))):
        people = subject("string", method)
        orders = subject(struct("string", method), None)
        found = set()
        for keys in (KEYS, Keys(*(KEYS.masking, KEYS.token))):
            [part] = Judge(people, keys).judged(Source("a.json", lines({"id": "a", "c": MAIL, "d": MAIL})))
            found |= {*part.rows["c"].to_pylist(), *part.rows["d"].to_pylist()}
            [part] = Judge(orders, keys).judged(Source("b.json", lines({"id": "a", "c": {"m": MAIL}})))
            found |= {row["m"] for row in part.rows["c"].to_pylist()}
        assert len(found) == 1, method
        [part] = Judge(people, key).judged(Source("a.json", lines({"id": "a", "c": MAIL})))
        assert not found & set(part.rows["c"].to_pylist()), method


@pytest.mark.parametrize(("method", "of"), [("hash", "masking"), ("tokenize", "token")])
@pytest.mark.parametrize("nested", [False, True])
def test_judge_is_refused_when_a_key_is_missing(method: str, of: str, nested: bool) -> None:
    kind, masking = (struct("string", method), None) if nested else ("string", method)
    with pytest.raises(ValueError, match=rf"c{'.m' * nested}: to be \w+, got no {of} key; fix: hand it to"):
        Judge(subject(kind, masking), Keys())


def test_masking_that_does_not_fit_the_type_is_refused() -> None:
    with pytest.raises(ValueError, match="deploy jobs and manifest from the same commit"):
        mask_of(subject("string", {"method": "generalize"}).fields[1], KEYS)


def test_keys_do_not_show_where_they_are_printed() -> None:
    assert "key" not in repr(Keys(b"masking key", b"token key")).replace("Keys", "")


def test_masking_of_a_manifest_is_read_as_contracts_write_it() -> None:
    kind = parsed(struct("string", GROUPS))
    told = kind.members[1].masking  # type: ignore[union-attr]
    groups = (("BE", "Benelux"), ("NL", "Benelux"))
    assert told == Masking("generalize", groups=groups, other="elsewhere")
