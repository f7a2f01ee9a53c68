"""Check digits and ranges, by examples that their issuers and standards give."""

import pytest
from lakehouse_etl.personal import numbers


@pytest.mark.parametrize(
    "text", ["DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"]
)
def test_text_is_a_bank_account_when_length_and_check_digits_are_right(text: str) -> None:
    assert numbers.is_iban(text)


@pytest.mark.parametrize(
    "text",
    [
        "DE89370400440532013001",
        "DE8937040044053201300",
        "DE8",
        "XX",
        "de89370400440532013000",
        "ZZ89370400440532",
    ],
)
def test_text_is_no_bank_account_when_check_digits_length_or_country_are_wrong(text: str) -> None:
    assert not numbers.is_iban(text)


@pytest.mark.parametrize(
    "digits",
    ["4111111111111111", "5500005555555559", "2223003122003222", "340000000000009", "6011000000000004",
     "3530111333300000", "30000000000004"],
)  # fmt: skip
def test_digits_are_a_card_number_when_an_issuer_has_them_and_they_pass_the_luhn_check(digits: str) -> None:
    assert numbers.is_card_number(digits)


@pytest.mark.parametrize("digits", ["4111111111111112", "411111111111", "41111111111111111111", "visa"])
def test_digits_are_no_card_number_when_they_fail_the_luhn_check_or_are_too_few_or_many(digits: str) -> None:
    assert not numbers.is_card_number(digits)


def test_digits_are_no_card_number_when_no_issuer_has_them() -> None:
    assert not numbers.is_card_number("1000000000000008")
    assert not numbers.is_of_an_issuer("9111111111111111")


@pytest.mark.parametrize("digits", ["86095742719", "47036892816", "65929970489"])
def test_digits_are_a_tax_id_when_one_digit_repeats_and_the_check_digit_is_right(digits: str) -> None:
    assert numbers.is_tax_id(digits)


@pytest.mark.parametrize("digits", ["86095742718", "06095742719", "8609574271", "11111111111", "12345678903"])
def test_digits_are_no_tax_id_when_check_digit_repetition_or_length_is_wrong(digits: str) -> None:
    assert not numbers.is_tax_id(digits)


def test_text_is_a_pension_number_when_birth_and_check_digit_are_right() -> None:
    assert numbers.is_pension_number("15070649C103")
    assert numbers.is_pension_number("65180539W001")
    assert not numbers.is_pension_number("15070649C104")
    assert not numbers.is_pension_number("15471349C103")


def test_text_is_a_nir_when_its_key_is_right_in_corsica_as_well() -> None:
    corsican = f"17909 2A 123456{97 - 1790919123456 % 97:02}".replace(" ", "")
    assert numbers.is_nir("255081416802538")
    assert numbers.is_nir(corsican)
    assert not numbers.is_nir("255081416802539")
    assert not numbers.is_nir("955081416802538")
    assert not numbers.is_nir("255001416802538")


@pytest.mark.parametrize("text", ["QQ123456C", "GB123456A", "AB123456E", "AO123456A", "AB12345A"])
def test_text_is_a_nino_when_prefix_and_suffix_are_issued(text: str) -> None:
    assert numbers.is_nino("AB123456C")
    assert not numbers.is_nino(text)


@pytest.mark.parametrize(
    "text", ["000-12-3456", "666-12-3456", "900-12-3456", "219-00-9999", "219-09-0000", "219099999"]
)
def test_text_is_an_ssn_when_area_group_and_serial_are_issued(text: str) -> None:
    assert numbers.is_ssn("219-09-9999")
    assert not numbers.is_ssn(text)
