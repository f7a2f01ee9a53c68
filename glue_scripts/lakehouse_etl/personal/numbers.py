"""Numbers with check digits or public ranges; each test takes a text without separators."""

import re

_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21"
        "LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24"
        "SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30",
    )
}
"""Characters by country: https://www.swift.com/standards/data-standards/iban-international-bank-account-number"""

_ISSUERS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})"  # Visa
    r"|(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(6011|65\d\d|64[4-9]\d)\d{12,15}"  # Discover
    r"|35(2[89]|[3-8]\d)\d{12,15}|(2131|1800)\d{11}"  # JCB
    r"|(5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"  # Maestro
    r"|3(0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|62\d{14,17}"  # UnionPay
)
"""Ranges of issuers, as https://en.wikipedia.org/wiki/Payment_card_number lists them."""

_NIR = re.compile(r"[123478]\d\d(0[1-9]|1[0-2]|[2-4]\d|[5-9]\d)(\d\d|2[AB])\d{8}")
_RVNR = re.compile(r"\d\d([0-2]\d|3[01]|[5-7]\d|8[01])(0[1-9]|1[0-2])\d\d[A-Z]\d{3}")
_RVNR_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
_NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")


def is_iban(text: str) -> bool:
    """Whether a text is an international bank account number with the right check digits (ISO 13616)."""
    if len(text) != _IBAN_LENGTHS.get(text[:2]) or not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]+", text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def is_of_an_issuer(digits: str) -> bool:
    """Whether digits lie in a range from which payment cards are issued."""
    return _ISSUERS.fullmatch(digits) is not None


def is_card_number(digits: str) -> bool:
    """Whether digits are the number of a payment card: of an issuer, with the check of ISO/IEC 7812-1."""
    if not is_of_an_issuer(digits):
        return False
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0


def is_tax_id(digits: str) -> bool:
    """Whether 11 digits are a German tax id (§ 139b AO): one digit of the first ten comes twice or thrice.

    The check digit is that of ISO/IEC 7064, MOD 11,10.
    https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html
    """
    if len(digits) != 11 or digits[0] == "0":  # noqa: PLR2004 (as the docstring says)
        return False
    times = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if times[-1] not in (2, 3) or times[-2] != 1:
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_pension_number(text: str) -> bool:
    """Whether a text is a German insurance number of the pension scheme, with its check digit (VKVV § 4)."""
    if not _RVNR.fullmatch(text):
        return False
    digits = f"{text[:8]}{ord(text[8]) - ord('A') + 1:02}{text[9:11]}"
    products = (int(digit) * weight for digit, weight in zip(digits, _RVNR_WEIGHTS, strict=True))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == int(text[11])


def is_nir(text: str) -> bool:
    """Whether a text is a number of the French register of persons (NIR) with the right key.

    https://www.insee.fr/fr/metadonnees/definition/c1409
    """
    if not _NIR.fullmatch(text):
        return False
    number = int(text[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(text[13:])


def is_nino(text: str) -> bool:
    """Whether a text is formed as a British National Insurance number; it has no check digit.

    https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
    """
    return _NINO.fullmatch(text) is not None


def is_ssn(text: str) -> bool:
    """Whether a text with hyphens is formed as a US Social Security number; it has no check digit.

    https://secure.ssa.gov/poms.nsf/lnx/0110201035
    """
    return _SSN.fullmatch(text) is not None
