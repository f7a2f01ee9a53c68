import pytest

from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.model.masking import HASH, REDACT, Masking
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.columns.personal import personal
from tools.lake.drafts.columns.profile import Profile


def texts(*values: str) -> Profile:
    """Return the figures of some texts."""
    return Profile(values=len(values), frequent=tuple((value, 1) for value in values))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("customer_email", "e-mail addresses"),
        ("email_address", "e-mail addresses"),
        ("mobile", "phone numbers"),
        ("client_ip", "IP addresses"),
        ("iban", "bank accounts"),
        ("account_no", "bank accounts"),
        ("card_number", "card numbers"),
        ("date_of_birth", "dates of birth"),
        ("home_address", "addresses"),
        ("street", "addresses"),
        ("last_name", "names of people"),
        ("passenger_name", "names of people"),
        ("username", "names of people"),
        ("passport", "numbers of people"),
    ],
)
def test_column_is_personal_when_its_name_says_so(name: str, what: str) -> None:
    assert personal(name, Scalar.STRING, Profile()) == what


@pytest.mark.parametrize(
    "name", ["name", "airline_name", "order_id", "shipment", "description", "card", "number", "zipped"]
)
def test_column_is_not_personal_when_its_name_does_not_say_so(name: str) -> None:
    assert personal(name, Scalar.STRING, texts("some", "text", "1.2.3", "12345678901234")) is None


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (("ada@example.com", "b.c+d@example.org"), "e-mail addresses"),
        (("+49 30 1234567", "+1 (202) 555-0100"), "phone numbers"),
        (("192.0.2.1", "2001:db8::1"), "IP addresses"),
        (("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819"), "bank accounts"),
        (("4111 1111 1111 1111", "5500005555555559"), "card numbers"),
    ],
)
def test_column_is_personal_when_most_values_are(values: tuple[str, ...], what: str) -> None:
    many = values * 2
    assert personal("note", Scalar.STRING, texts(*many, "unknown")) == what
    assert personal("note", Scalar.STRING, texts(*many, "unknown", "none")) is None


def test_flag_is_not_personal_when_its_name_speaks_of_something_personal() -> None:
    assert personal("has_email", Scalar.BOOLEAN, texts("true")) is None


@pytest.mark.parametrize(
    "kind",
    [
        Struct((Field("phone", Scalar.STRING, False, ""),)),
        Array(Struct((Field("inner", Struct((Field("phone", Scalar.LONG, False, ""),)), False, ""),))),
        Map(Scalar.STRING, Struct((Field("phone", Scalar.STRING, False, ""),))),
    ],
)
def test_nested_column_is_redacted_when_a_member_is_personal(kind: Type) -> None:
    assert personal("detail", kind, Profile()) == "phone numbers"
    assert Column("detail", kind, "", Profile(), 0, personal="phone numbers").masking == REDACT


@pytest.mark.parametrize(
    ("kind", "masking", "can_be_key"),
    [(Scalar.STRING, HASH, True), (Scalar.LONG, REDACT, False)],
)
def test_personal_column_can_be_a_key_when_it_can_be_hashed(
    kind: Type, masking: Masking, can_be_key: bool
) -> None:
    column = Column("passport", kind, "", Profile(values=1), 0, personal="numbers of people")
    assert (column.masking, column.can_be_key) == (masking, can_be_key)
