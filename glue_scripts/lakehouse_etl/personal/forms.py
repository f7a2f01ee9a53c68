"""What personal values look like inside of texts: candidates by their form, and which of them pass."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lakehouse_etl.personal import numbers

Test = Callable[[str], bool]


@dataclass(frozen=True)
class Form:
    """One form of personal values."""

    kind: str
    pattern: re.Pattern[str]
    """Finds candidates, which are its group `v` where that has matched."""
    test: Test
    """Whether a candidate, its separators left out, is such a value."""
    chance: float
    """How often something else of this form passes, by its check digits or as an upper guess."""
    separators: str = ""
    among: Test | None = None
    """Whether a text is a candidate at all; None: each is that the pattern finds."""
    needs: str = ""
    """A character without which no text has a candidate; empty: a digit."""

    def found(self, text: str) -> Iterator[tuple[str, bool]]:
        """Yield the candidates of a text, and whether each passes."""
        for match in self.pattern.finditer(text):
            value = match.groupdict().get("v") or match[0]
            plain = value.translate(self._none) if self.separators else value
            if self.among is None or self.among(plain):
                yield plain, self.test(plain)

    @property
    def _none(self) -> dict[int, None]:
        return dict.fromkeys(map(ord, self.separators))


_FILES = r"png|jpe?g|gif|svg|webp|css|js|ts|json|html?|xml|csv|txt|pdf|gz|zip"
_EMAIL = re.compile(
    r"(?<![\w.+@%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}"
    rf"(?!(?:{_FILES})\b)[A-Za-z]{{2,24}}(?![\w@-])(?!:\w)"
)

_NUMBER = r"(?<![\w.,+-])(?:%s)(?![\w-]|[.,]\d)"
"""Digits that are no part of a longer number, a word or an amount."""

_CARD = re.compile(_NUMBER % r"\d{12,19}|\d{4}([ -])(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{4,5})")
_TAX_ID = re.compile(_NUMBER % r"\d{11}|\d\d \d{3} \d{3} \d{3}")
_NIR = re.compile(_NUMBER % r"[123478](?: ?\d\d){2} ?(?:\d\d|2[AB])(?: ?\d{3}){2} ?\d\d")
_SSN = re.compile(r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])")
_RVNR = re.compile(r"(?<!\w)\d\d ?\d{6} ?[A-Z] ?\d{3}(?!\w)")
_NINO = re.compile(r"(?<!\w)[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)(?!\w)")

_CUE = (
    r"\b(?:tel|t[eé]l[eé]phone|telefon|phone|mobile?|cell|handy|portable|fax|call|ruf)\w{0,8}[.:]{0,2}\s{0,2}"
)
_PHONE = re.compile(
    r"(?<![\w+.])\+[1-9](?:[ ()/.-]{0,3}\d){6,14}(?!\d)"
    r"|(?<![\w.+-])(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\d-])"
    r"|(?<![\w.+-])0[1-9](?:[ .]\d\d){4}(?![\d.])"
    rf"|(?i:{_CUE})(?P<v>\(?0\d(?:[ ()/.-]{{0,2}}\d){{5,13}})(?!\d)"
)

_IP = re.compile(
    r"(?<![\w.+-])(?<!\w/)\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\w)"
    r"|(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:.])"
)
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")

_SMALL = 32
"""Parts of a version are hardly ever as great, those of an address seldom all less."""
_IPV6_PARTS = 3

_NANP_DIGITS = 11
_E164_DIGITS = range(9, 16)
"""With a calling code: https://www.itu.int/rec/T-REC-E.164"""


def is_phone_number(text: str) -> bool:
    """Whether digits, after a plus if they begin with a calling code, are as many as a phone number has."""
    if not text.startswith("+"):
        return True
    digits = text[1:]
    if digits[0] == "1":  # https://www.nanpa.com/numbering
        return len(digits) == _NANP_DIGITS and digits[1] in "23456789" and digits[4] in "23456789"
    return len(digits) in _E164_DIGITS


def is_ip_address(text: str) -> bool:
    """Whether a text is an IP address that names a device or a network, and not a version of four parts."""
    parts = list(filter(None, re.split("[.:]", text)))
    if ":" in text and len(parts) < _IPV6_PARTS:
        return False
    if ":" not in text and max(map(int, parts)) < _SMALL:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _any(_: str) -> bool:
    return True


_PEOPLE = "numbers of people"

FORMS = (
    Form("e-mail addresses", _EMAIL, _any, 0.0005, needs="@"),
    Form("phone numbers", _PHONE, is_phone_number, 0.03, " ()/.-"),
    Form("bank accounts", _IBAN, numbers.is_iban, 0.0005, " "),
    Form("card numbers", _CARD, numbers.is_card_number, 0.1, " -", numbers.is_of_an_issuer),
    Form("IP addresses", _IP, is_ip_address, 0.03),
    Form("MAC addresses", _MAC, _any, 0.03),
    Form(_PEOPLE, _SSN, numbers.is_ssn, 0.03),
    Form(_PEOPLE, _TAX_ID, numbers.is_tax_id, 0.004, " "),
    Form(_PEOPLE, _RVNR, numbers.is_pension_number, 0.03, " "),
    Form(_PEOPLE, _NIR, numbers.is_nir, 0.005, " "),
    Form(_PEOPLE, _NINO, numbers.is_nino, 0.03, " "),
)
"""Several forms may be of one kind. A chance is 1/10 where one check digit decides, 1/97 times the share of
numbers that have the rest of the form where two do, and a cautious guess where none does."""
