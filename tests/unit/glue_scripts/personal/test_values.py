"""Values of records by column, whatever their form, and which names are told."""

from collections.abc import Mapping
from datetime import date, datetime

from lakehouse_etl.contract.types import DOUBLE, LONG, STRING, TIMESTAMPTZ, List, Map, Member, Struct
from lakehouse_etl.personal.values import COLUMNS, OTHERS, Values


def gathered(*records: Mapping[str, object], **kinds: object) -> dict[str, list[str]]:
    """Values of records of a contract with these columns."""
    values = Values([Member(name, kind) for name, kind in kinds.items()])  # type: ignore[arg-type]
    for record in records:
        values.add(record)
    return values.texts


def test_members_at_any_depth_have_the_paths_of_the_contract() -> None:
    phone = Member("phone", STRING, physical_name="Phone No")
    contact = Struct((phone,))
    record = {"who": {"phone no": "1"}, "all": [{"Phone No": "2"}], "by": {"work": {"Phone No": "3"}}}
    found = gathered(record, who=contact, all=List(contact), by=Map(STRING, contact))
    assert found == {"who.phone": ["1"], "all.phone": ["2"], "by": ["work"], "by.phone": ["3"]}
    assert gathered({"by": [("work", {"phone": "3"})]}, by=Map(STRING, contact))["by.phone"] == ["3"]


def test_fields_that_the_contract_does_not_name_are_looked_at() -> None:
    found = gathered({"id": 7, "Note": "x", "extra": {"ada": ["y", 1]}}, id=LONG)
    assert found == {"id": ["7"], "Note": ["x"], "extra": ["ada", "y", "1"]}


def test_name_that_may_be_a_value_is_looked_at_and_not_told() -> None:
    assert gathered({"ada@example.com": "x"}) == {OTHERS: ["ada@example.com", "x"]}


def test_values_that_hold_nothing_personal_are_left_out() -> None:
    record = {"a": 1.5, "b": True, "c": None, "d": datetime(2026, 1, 1), "e": "", "f": "2026", "g": "1.5"}
    assert gathered(record, f=TIMESTAMPTZ, g=DOUBLE) == {"e": []}
    assert gathered({"born": date(1815, 12, 10)}) == {"born": ["1815-12-10"]}


def test_columns_without_end_are_bounded() -> None:
    assert len(gathered({f"c{at}": "x" for at in range(2 * COLUMNS)})) == COLUMNS
