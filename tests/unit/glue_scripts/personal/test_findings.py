"""What is found in a column by its values and by its name, and what is not."""

import pytest
from lakehouse_etl.personal.findings import Finding, findings
from lakehouse_etl.personal.names import KINDS, kind_of

from lakehouse.model.fields import PERSONAL_KINDS

CARDS = ["4111111111111111", "5500005555555559", "340000000000009"]


def kinds(column: str, *texts: str) -> set[str]:
    """Kinds that are found in a column of these values."""
    return {each.kind for each in findings(column, texts)}


def test_contracts_and_runs_know_the_same_kinds() -> None:
    assert set(KINDS) == set(PERSONAL_KINDS)


def test_one_mail_address_in_free_text_is_found_and_told_by_its_share_alone() -> None:
    [found] = findings("order.note", ["call me", "write to ada@example.com, please", "-", "none"])
    assert found == Finding("order.note", "e-mail addresses", 0.25, 4)
    assert "ada@" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        *("git@github.com:ada/engine.git", "icon@2x.png", "@ada", "ada@host", "numpy@1.26.4"),
        *("+0200", "+10000000000", "+1234567", "+12.5", "1.2.3.4", "v10.0.0.1", "Chrome/120.0.6099.109"),
        *("12:30:45", "std::vector", "::", "00:11:22:33:44", "2026-11-30 20:42:12.123456"),
        *(
            "123e4567-e89b-12d3-a456-426614174000",
            "DE89370400440532013001",
            "219-09-99999",
            "52.5200, 13.4050",
        ),
    ],
)
def test_nothing_is_found_in_what_only_looks_alike(text: str) -> None:
    assert kinds("c", *[text] * 5) == set()


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("phone numbers", ["+49 30 1234567", "(202) 555-0100", "01 42 68 53 00"]),
        ("phone numbers", ["Tel. 030 1234567", "Mobil: 0171/1234567", "téléphone 0142685300"]),
        ("IP addresses", ["192.0.2.1", "from 198.51.100.7 at noon", "2001:db8::1"]),
        ("MAC addresses", ["00:00:5E:00:53:01", "00-00-5e-00-53-02"]),
        ("card numbers", ["4111 1111 1111 1111", "5500-0055-5555-5559", "paid by 340000000000009."]),
        ("bank accounts", ["to DE89 3704 0044 0532 0130 00 by noon"]),
        ("numbers of people", ["86095742719", "47 036 892 816"]),
        ("numbers of people", ["2 55 08 14 168 025 38", "184127645108946"]),
        ("numbers of people", ["AB 12 34 56 C", "CE123456A"]),
        ("numbers of people", ["219-09-9999", "219-09-9998"]),
        ("numbers of people", ["15 070649 C 103", "65180539W001"]),
    ],
)
def test_kind_is_found_by_the_form_of_values(kind: str, texts: list[str]) -> None:
    assert kinds("c", *texts, "else") == {kind}


def test_same_value_again_and_again_is_no_further_evidence() -> None:
    assert kinds("c", *CARDS[:1] * 50) == set()
    assert kinds("c", *CARDS) == {"card numbers"}


def test_numbers_of_which_as_many_pass_as_by_chance_are_no_cards() -> None:
    numbers = [f"4{at:015}" for at in range(0, 700_000, 7)][:1000]
    assert kinds("order_id", *numbers) == set()
    assert kinds("order_id", *numbers[:20], *CARDS) == set()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("customer_email", "e-mail addresses"), ("emailAddress", "e-mail addresses"),
        ("Telefon", "phone numbers"), ("Straße", "addresses"), ("Vorname", "names of people"),
        ("prénom", "names of people"), ("date_naissance", "dates of birth"),
        ("Geburtsdatum", "dates of birth"),
        ("client_ip", "IP addresses"), ("account_no", "bank accounts"), ("kunden_name", "names of people"),
    ],
)  # fmt: skip
def test_name_of_a_column_speaks_of_a_kind_in_three_languages(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("column", "texts", "found"),
    [
        ("person.last_name", ["Lovelace", "Noether"], {"names of people"}),
        ("last_name", ["9f86d081884c7d659a2feaa0c55ad015" * 2, "-"], set()),
        ("date_of_birth", ["1815-12-10", "23.3.1882"], {"dates of birth"}),
        ("birthday", ["yes", "no"], set()),
        ("phone", ["089 1234567", "0171-1234567"], {"phone numbers"}),
        ("phone", ["iOS", "Android"], set()),
        ("email", ["true", "false"], set()),
        ("name", ["Lovelace"], set()),
        ("street", [], set()),
    ],
)
def test_kind_is_found_by_name_when_values_may_be_that(
    column: str, texts: list[str], found: set[str]
) -> None:
    assert kinds(column, *texts) == found
