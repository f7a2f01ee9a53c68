import pytest

from lakehouse.model.fields import Decimal, Scalar, Type
from tools.lake.drafts.columns.column import Column, null_token
from tools.lake.drafts.columns.profile import Profile
from tools.lake.drafts.columns.remarks import allowed_values, epoch_of, remarks
from tools.lake.drafts.columns.scalars import Guess, guess
from tools.lake.drafts.columns.written import written_moment


def numbers(values: int = 100, **figures: float) -> Profile:
    """Return the figures of plain numbers."""
    figures = {"low": 1, "high": 9, "whole_digits": 1, "distinct": values, **figures}
    return Profile(values=values, numbers=values, plain=values, **figures)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "figures", "expected"),
    [
        ("seats", numbers(longs=100, high=2**31 // 10), Scalar.INT),
        ("seats", numbers(longs=100, high=2**31 // 10 + 1), Scalar.LONG),
        ("seats", numbers(longs=100, padded=1), Scalar.STRING),
        ("speed", numbers(most_fraction=1), Scalar.DOUBLE),
        ("speed", numbers(least_fraction=2, most_fraction=2), Decimal(12, 2)),
        ("speed", numbers(least_fraction=2, most_fraction=2, distinct=19), Scalar.DOUBLE),
        ("speed", numbers(least_fraction=5, most_fraction=5), Scalar.DOUBLE),
        ("unit_price", numbers(longs=100), Decimal(12, 2)),
        ("unit_price", numbers(most_fraction=4, whole_digits=9), Decimal(16, 4)),
        ("unit_price", numbers(most_fraction=7), Scalar.DOUBLE),
        ("unit_price", numbers(most_fraction=6, whole_digits=10), Scalar.DOUBLE),
        ("born", Profile(values=2, dates=2), Scalar.DATE),
        ("born", Profile(values=2, dates=1), Scalar.STRING),
        ("at", Profile(values=2, instants=2), Scalar.TIMESTAMPTZ),
        ("at", Profile(values=2, timestamps=2), Scalar.TIMESTAMP),
        ("at", Profile(values=2, timestamps=1, instants=1), Scalar.STRING),
        ("open", Profile(values=2, booleans=2), Scalar.BOOLEAN),
        ("open", Profile(), Scalar.STRING),
    ],
)
def test_type_follows_from_the_values_when_they_are_all_alike(
    name: str, figures: Profile, expected: Type
) -> None:
    assert guess(name, figures).type == expected


@pytest.mark.parametrize(
    ("name", "figures", "expected"),
    [
        ("customer", numbers(longs=100), Scalar.STRING),
        ("open", Profile(values=2, booleans=2), Scalar.STRING),
        ("price", numbers(longs=100), Scalar.STRING),
        ("price", numbers(most_fraction=2), Decimal(12, 2)),
        ("at", Profile(values=2, instants=2), Scalar.TIMESTAMPTZ),
    ],
)
def test_quoted_value_stays_text_when_it_is_neither_time_nor_money(
    name: str, figures: Profile, expected: Type
) -> None:
    assert guess(name, figures, quoted=True).type == expected


def test_null_token_is_the_one_that_most_columns_need_when_several_occur() -> None:
    measured = {
        "a": Profile(values=5, tokens={"NA": 1}),
        "b": Profile(values=5, tokens={"-": 9}),
        "c": Profile(values=5, tokens={"NA": 2}),
        "d": Profile(values=5, tokens={"NULL": 1, "-": 1}),
        "text": Profile(values=5, tokens={"-": 9}),
        "more_text": Profile(values=5, tokens={"-": 9}),
        "nothing": Profile(tokens={"-": 9}),
    }
    types = {name: Scalar.STRING if "text" in name else Scalar.INT for name in measured}
    guesses = {name: Guess(kind, "") for name, kind in types.items()}
    assert null_token(measured, guesses) == "NA"
    assert null_token({"text": measured["text"]}, guesses) is None


@pytest.mark.parametrize(
    ("texts", "look"),
    [
        (("01/02/2026", "03/04/2026"), "dd/MM/yyyy, or MM/dd/yyyy"),
        (("31.01.26", "1.2.26 10:00"), "years of two digits"),
        (("2026-1-5", "05.01.2026"), "of no one form"),
        (("09:30", "09:30:01.5"), "times of day"),
        (("1,5", "-2,25"), "decimal comma"),
        (("1,234", "1,234,567.89"), "commas between thousands"),
        (("$5.00", "7 €"), "amounts with a currency"),
        (("yes", "No"), "true and false"),
        (("12345678901234567890",), "too long"),
        (("12", "1.5"), "JSON quotes them"),
    ],
)
def test_remark_says_what_a_text_looks_like_when_no_job_reads_it_so(
    texts: tuple[str, ...], look: str
) -> None:
    figures = Profile(values=len(texts), frequent=tuple((text, 1) for text in texts))
    [remark] = remarks("note", Guess(Scalar.STRING, ""), figures, None)
    assert look in remark


@pytest.mark.parametrize(
    ("kind", "written", "figures", "remark"),
    [
        (Scalar.STRING, None, Profile(), "no value in the sample"),
        (Scalar.STRING, None, Profile(values=9, padded=1), "leading zeros"),
        (Scalar.STRING, None, Profile(values=100, numbers=90), "all but 10 of 100 values are numbers"),
        (Scalar.STRING, None, Profile(values=1, tokens={"NA": 2}), "'NA' becomes null in 2 records"),
        (Scalar.STRING, None, Profile(values=1, tokens={"-": 1}), "'-' is a value in 1 record"),
        (Decimal(12, 2), None, numbers(), "more than 2 decimals"),
        (Scalar.TIMESTAMP, None, Profile(values=1), "no zone"),
        (Scalar.TIMESTAMPTZ, "epoch_millis", numbers(), "since 1970"),
        (Scalar.DATE, "dd.MM.yyyy", Profile(values=1), "dd.MM.yyyy and no other form"),
    ],
)
def test_remark_tells_what_is_open_when_values_allow_more_than_one_reading(
    kind: Type, written: str | None, figures: Profile, remark: str
) -> None:
    [found] = remarks("x", Guess(kind, "", written), figures, "NA")
    assert remark in found


@pytest.mark.parametrize("name", ["seats", "created_at"])
def test_no_remark_is_made_when_a_whole_number_is_just_that(name: str) -> None:
    assert list(remarks(name, Guess(Scalar.INT, ""), numbers(), None)) == []


def test_list_of_values_is_offered_when_few_texts_repeat_often() -> None:
    figures = Profile(values=60, distinct=3, longest=4, frequent=(("paid", 40), ("open", 15), ("lost", 5)))
    assert allowed_values(Scalar.STRING, figures) == ("lost", "open", "paid")
    assert allowed_values(Scalar.INT, figures) == ()
    assert allowed_values(Scalar.STRING, Profile(values=59, distinct=3, longest=4)) == ()
    assert allowed_values(Scalar.STRING, Profile(values=600, distinct=3, longest=41)) == ()


@pytest.mark.parametrize(
    ("kind", "text", "example"),
    [
        (Scalar.BOOLEAN, "TRUE", True),
        (Scalar.LONG, "12", 12),
        (Scalar.DOUBLE, "1e3", 1000.0),
        (Decimal(12, 2), "19.90", 19.9),
        (Scalar.DATE, "2026-01-31", "2026-01-31"),
    ],
)
def test_example_is_of_the_type_of_its_column_when_yaml_knows_it(
    kind: Type, text: str, example: object
) -> None:
    figures = Profile(values=1, frequent=((text, 1),))
    assert Column("x", kind, "", figures, 0).examples == [example]
    assert Column("x", kind, "", figures, 0, personal="addresses").examples == []


@pytest.mark.parametrize(
    ("name", "low", "high", "expected"),
    [
        ("created_at", 1.7e12, 1.8e12, "epoch_millis"),
        ("ts", 1.7e9, 1.8e9, "epoch_second"),
        ("ts", 1.7e15, 1.8e15, None),
        ("ts", 5, 1.8e9, None),
        ("size", 1.7e9, 1.8e9, None),
    ],
)
def test_number_is_an_instant_when_its_name_and_size_say_so(
    name: str, low: float, high: float, expected: str | None
) -> None:
    assert epoch_of(name, numbers(low=low, high=high)) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("31.01.2026", "01.02.2026"), (Scalar.DATE, "dd.MM.yyyy")),
        (("1.2.2026", "31.12.2026"), (Scalar.DATE, "d.M.yyyy")),
        (("31/01/2026", "01/02/2026"), (Scalar.DATE, "dd/MM/yyyy")),
        (("01/31/2026", "01/02/2026"), (Scalar.DATE, "MM/dd/yyyy")),
        (("1/31/2026 9:30 PM",), (Scalar.TIMESTAMP, "M/d/yyyy h:mm a")),
        (("01/02/2026", "03/04/2026"), None),
        (("30/02/2026",), None),
        (("2026-01-31 09:30:00 UTC",), (Scalar.TIMESTAMPTZ, "yyyy-MM-dd HH:mm:ss z")),
        (("2026-01-31 09:30:00.123 +0000",), (Scalar.TIMESTAMPTZ, "yyyy-MM-dd HH:mm:ss.SSS XX")),
        (("Sat, 31 Jan 2026 09:30:00 +0000",), (Scalar.TIMESTAMPTZ, "EEE, dd MMM yyyy HH:mm:ss XX")),
        (("Jan 5, 2026",), (Scalar.DATE, "MMM d, yyyy")),
        (("31.01.26",), None),
        (("a text",), None),
        ((), None),
    ],
)
def test_pattern_of_moments_is_found_when_nothing_else_fits(
    texts: tuple[str, ...], expected: tuple[Scalar, str] | None
) -> None:
    assert written_moment(texts) == expected
