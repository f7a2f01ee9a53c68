"""Finds columns that most likely hold personal data, by their names and by their values.

A finding too many costs a reader one line; one too few puts a person's data where everybody can read it.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable

from lakehouse.model.fields import Array, Map, Scalar, Struct, Type, every_field
from tools.lake.drafts.columns.profile import Profile

_WORDS = {
    "e-mail addresses": {"email", "mail"},
    "phone numbers": {"phone", "telephone", "tel", "mobile", "fax", "msisdn"},
    "IP addresses": {"ip", "ipv4", "ipv6"},
    "bank accounts": {"iban", "bban"},
    "card numbers": {"cardnumber"},
    "dates of birth": {"birth", "birthday", "birthdate", "dob", "born"},
    "addresses": {"street", "address", "postcode", "zip", "zipcode"},
    "names of people": {"firstname", "lastname", "fullname", "surname", "username", "login", "nickname"},
    "numbers of people": {"ssn", "passport", "nin", "taxid"},
}
"""Words of a column's name, each of which is enough."""

_PEOPLE = {
    *(
        "customer",
        "client",
        "user",
        "person",
        "passenger",
        "patient",
        "employee",
        "contact",
        "owner",
        "driver",
    ),
    *("guest", "member", "author", "first", "last", "full", "middle", "given", "family", "maiden", "holder"),
}
"""Words that make the name of something the name of a person."""

_PAIRS = {"card": "card numbers", "account": "bank accounts"}
"""Words that are personal beside `number`, `no` or `nr`."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+\d[\d ()/.-]{6,18}\d")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD = re.compile(r"\d{13,19}")

_SHARE = 0.8
"""Share of the most frequent values that must look alike: a few are often empty words or test data."""


def personal(name: str, kind: Type, figures: Profile) -> str | None:
    """Tell what personal data a column, or something nested in it, most likely holds; None if none."""
    if isinstance(kind, Array | Map | Struct):
        return next(filter(None, (_by_name(part) for part in [name, *_members(kind)])), None)
    if kind is Scalar.BOOLEAN:
        return None
    return _by_value(figures.texts) or _by_name(name)


def _members(kind: Type) -> Iterable[str]:
    match kind:
        case Struct(fields):
            return [field.name for field in every_field(fields)]
        case Array(inner) | Map(_, inner):
            return _members(inner)
    return []


def _by_name(name: str) -> str | None:
    words = set(name.split("_"))
    for what, signs in _WORDS.items():
        if words & signs:
            return what
    if words & _PEOPLE and "name" in words:
        return "names of people"
    if words & {"number", "no", "nr"}:
        return next((what for word, what in _PAIRS.items() if word in words), None)
    return None


def _by_value(texts: tuple[str, ...]) -> str | None:
    for what, test in _TESTS.items():
        if texts and sum(map(test, texts)) >= _SHARE * len(texts):
            return what
    return None


def is_ip_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_iban(text: str) -> bool:
    """Whether a text is an international bank account number with the right check digits (ISO 13616)."""
    text = text.replace(" ", "")
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def is_card_number(text: str) -> bool:
    """Whether a text is a number of 13 to 19 digits that passes the Luhn check (ISO/IEC 7812-1)."""
    digits = re.sub(r"[ -]", "", text)
    if not _CARD.fullmatch(digits):
        return False
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0


_TESTS: dict[str, Callable[[str], bool]] = {
    "e-mail addresses": lambda text: _EMAIL.fullmatch(text) is not None,
    "phone numbers": lambda text: _PHONE.fullmatch(text) is not None,
    "IP addresses": is_ip_address,
    "bank accounts": is_iban,
    "card numbers": is_card_number,
}
