"""Which tables mappings pick, and what they tell about each."""

import json
from typing import Any

import pytest

from local.features.dms.mappings import MappingError, Placement, placements

TABLES = [("core", "accounts"), ("core", "bookings"), ("audit", "log")]


def _rule(kind: str, action: str, place: str = "%", **more: Any) -> dict[str, Any]:
    """A rule about `schema` or `schema.table`; underscores of names stand for hyphens."""
    schema, _, table = place.partition(".")
    locator = {"schema-name": schema, "table-name": table or "%"}
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"rule-type": kind, "rule-action": action, "object-locator": locator, "rule-id": "7", **named}


def _placed(*rules: dict[str, Any]) -> dict[tuple[str, str], Placement]:
    return placements(json.dumps({"rules": rules}), TABLES)


ALL = _rule("selection", "include")


def test_tables_are_picked_by_patterns_and_left_out_by_exclusions() -> None:
    rules = _rule("selection", "include", "co%"), _rule("selection", "exclude", "core.b%")
    assert list(_placed(*rules)) == [("core", "accounts")]


def test_schema_and_table_are_renamed_by_the_names_of_the_source() -> None:
    table = _rule("transformation", "rename", "core.bookings", value="entries", rule_target="table")
    schema = _rule("transformation", "rename", "core", value="bank", rule_target="schema")
    placed = _placed(ALL, table, schema)
    assert placed["core", "bookings"] == Placement("bank", "entries")
    assert placed["core", "accounts"] == Placement("bank", "accounts")
    assert placed["audit", "log"] == Placement("audit", "log")


def _column(action: str, place: str = "%", **more: Any) -> dict[str, Any]:
    return _rule("transformation", action, place, rule_target="column", **more)


def _image(prefix: str, suffix: str, which: str) -> dict[str, str]:
    return {"column-prefix": prefix, "column-suffix": suffix, "column-filter": which}


def test_columns_are_added_where_rules_say() -> None:
    number = _column("add-column", "core", value="number", expression="$AR_H_CHANGE_SEQ")
    before = _column("add-before-image-columns", "core", before_image_def=_image("was_", "", "pk-only"))
    placed = _placed(ALL, number, before)
    assert placed["core", "accounts"] == Placement("core", "accounts", "number", "was_")
    assert placed["audit", "log"] == Placement("audit", "log")


@pytest.mark.parametrize(
    "rule",
    [
        _column("remove-column"),
        _column("add-column", expression="$AR_H_USER", value="x"),
        _column("add-before-image-columns", before_image_def=_image("", "_old", "pk-only")),
        _column("add-before-image-columns", before_image_def=_image("old_", "", "all")),
        _rule("selection", "include", filters=[{"column-name": "a"}]),
        _rule("table-settings", "x"),
    ],
)
def test_rule_that_is_not_emulated_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match="not emulated: rule 7; the embedded DMS has schema rename"):
        _placed(ALL, rule)


def test_mappings_that_pick_nothing_are_refused() -> None:
    with pytest.raises(MappingError, match="no table of the source passes"):
        _placed(_rule("selection", "include", "other"))


@pytest.mark.parametrize("text", ["{", "{}", '{"rules": [{}]}', "[]"])
def test_text_that_holds_no_rules_is_refused(text: str) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        placements(text, TABLES)
