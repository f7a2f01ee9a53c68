"""What the name of a column says about its values, in English, German and French."""

import re
import unicodedata
from collections.abc import Iterable

_WORDS = {
    "e-mail addresses": {"email", "mail", "courriel"},
    "phone numbers": {
        *("phone", "telephone", "tel", "mobile", "fax", "msisdn", "telefon", "telefonnummer", "handy"),
        *("handynummer", "mobilnummer"),
    },
    "IP addresses": {"ip", "ipv4", "ipv6"},
    "MAC addresses": {"mac"},
    "bank accounts": {"iban", "bban", "kontonummer"},
    "card numbers": {"cardnumber", "kreditkarte", "kartennummer"},
    "dates of birth": {
        *("birth", "birthday", "birthdate", "dob", "born", "geburtsdatum", "geburtstag", "naissance"),
    },
    "addresses": {
        *("street", "address", "postcode", "zip", "zipcode", "strasse", "anschrift", "adresse", "plz"),
        *("postleitzahl", "rue"),
    },
    "names of people": {
        *("firstname", "lastname", "fullname", "surname", "username", "login", "nickname", "vorname"),
        *("nachname", "familienname", "prenom"),
    },
    "numbers of people": {
        "ssn",
        "passport",
        "nin",
        "nino",
        "taxid",
        "steuerid",
        "nir",
        "reisepass",
        "passeport",
    },
}
"""Words, each of which is enough; the first kind that has one of a name's words counts."""

KINDS = (*_WORDS,)
"""Kinds of personal data, as people read them."""

_PEOPLE = {
    *("customer", "client", "user", "person", "passenger", "patient", "employee", "contact", "owner"),
    *("driver", "guest", "member", "author", "first", "last", "full", "middle", "given", "family", "maiden"),
    *("holder", "kunde", "kunden", "nutzer"),
}
"""Words that make the name of something the name of a person."""

_PAIRS = {"card": "card numbers", "account": "bank accounts"}
"""Words that are personal beside `number`, `no` or `nr`."""

_TEXT = re.compile(r"[^\W\d_]{2}")
_DIGITS = re.compile(r"(?:\D*\d){6}")
_LIKELY = {
    "phone numbers": _DIGITS,
    "dates of birth": re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{8}$"),
    "addresses": re.compile(r"[^\W\d_]{2}|\d{4}"),
    "names of people": _TEXT,
    "numbers of people": _DIGITS,
    "bank accounts": _DIGITS,
    "card numbers": _DIGITS,
}
"""What a value has that may be what the name of its column says; of other kinds the forms tell enough."""

_HASH = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def kind_of(name: str) -> str | None:
    """Return the kind of personal data that a column's name speaks of, None if it speaks of none."""
    words = _words(name)
    for kind, signs in _WORDS.items():
        if words & signs:
            return kind
    if words & _PEOPLE and "name" in words:
        return "names of people"
    if words & {"number", "no", "nr"}:
        return next((kind for word, kind in _PAIRS.items() if word in words), None)
    return None


def likely(kind: str, texts: Iterable[str]) -> int:
    """Count the texts that may be what the name of their column says."""
    pattern = _LIKELY.get(kind)
    if pattern is None:
        return 0
    return sum(pattern.search(text) is not None and not _HASH.fullmatch(text) for text in texts)


def _words(name: str) -> set[str]:
    """Return the words of `e_mail`, `eMail` and `e-mail`, without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    return {word.lower() for word in re.split(r"[^A-Za-z0-9]+", parted)}
