import pytest

from lakehouse.model.fields import Array, Decimal, Scalar, Type
from lakehouse.sql.row_filter import LENGTH_MAX, row_filter_problems

COLUMNS: dict[str, Type] = {
    "region": Scalar.STRING,
    "number": Scalar.INT,
    "price": Decimal(9, 2),
    "open": Scalar.BOOLEAN,
    "day": Scalar.DATE,
    "at": Scalar.TIMESTAMPTZ,
    "tags": Array(Scalar.STRING),
}


@pytest.mark.parametrize(
    "condition",
    [
        "region = 'EU'",
        "region <> 'it''s' OR number != 3",
        "(number > -3 AND price <= 1.50) OR NOT open = true",
        "number BETWEEN 1 AND 9",
        "region IN ('EU', 'US') AND region NOT IN ('UK')",
        "region LIKE 'E%' AND NOT region LIKE '_U'",
        "number IS NULL OR price IS NOT NULL",
    ],
)
def test_condition_is_taken_when_it_compares_columns_with_constants(condition: str) -> None:
    assert row_filter_problems(condition, COLUMNS, ["region"]) == []


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("lower(region) = 'eu'", "LOWER(region) = 'eu', whose left side is no column"),
        ("number = price", "number = price, which compares with more than constants"),
        ("'EU' = region", "'EU' = region, whose left side is no column"),
        ("region = 'EU' OR TRUE", "TRUE, which compares nothing"),
        ("region", "region, which compares nothing"),
        ("county = 'X'", "county = 'X', and the table has no column county"),
        ("day = '2026-01-31'", "day = '2026-01-31', and the type of day cannot be compared"),
        ("at > '2026-01-31'", "at > '2026-01-31', and the type of at cannot be compared"),
        ("tags = 'a'", "tags = 'a', and the type of tags cannot be compared"),
        ("region IS NULL", "region IS NULL, and region is a partition column"),
        ("region IN (SELECT 1)", "region IN (SELECT 1), which compares with more than constants"),
        ("t.region = 'EU'", "t.region = 'EU', whose left side is no column"),
        ("region = 'EU' LIMIT 1", "\"region = 'EU' LIMIT 1\", which is no condition"),
        ("region = 'EU'; DROP TABLE t", "\"region = 'EU'; DROP TABLE t\", which is no condition"),
        ("region = 'EU' -- x", "\"region = 'EU' -- x\", which is no condition"),
        ("region = ", "'region = ', which is no condition"),
        ("", "'', which is no condition"),
    ],
)
def test_condition_is_refused_when_lake_formation_would_not_take_it(condition: str, problem: str) -> None:
    assert row_filter_problems(condition, COLUMNS, ["region"]) == [problem]


def test_every_problem_of_a_condition_is_told() -> None:
    assert len(row_filter_problems("day = 'x' OR county = 'y' AND number = number", COLUMNS, [])) == 3


def test_condition_is_refused_when_it_is_too_long() -> None:
    longest = f"region = '{'x' * (LENGTH_MAX - 11)}'"
    assert (len(longest), row_filter_problems(longest, COLUMNS, [])) == (LENGTH_MAX, [])
    assert row_filter_problems(longest + " ", COLUMNS, []) == [
        "2048 characters, and Lake Formation takes 2047"
    ]
