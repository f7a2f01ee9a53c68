"""Tokens: equal for equal texts, read back with their key alone, and refused once anything is changed."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.judge.fields.tokens import PREFIX, TokenError, Tokens

KEY = b"token key"
TOKENS = Tokens(KEY)


def content(token: str) -> bytes:
    coded = token.removeprefix(PREFIX)
    return urlsafe_b64decode(coded + "=" * (-len(coded) % 4))


@given(st.text())
def test_text_is_read_back(text: str) -> None:
    assert Tokens(KEY).text(TOKENS.token(text)) == text


@given(st.text(), st.text())
def test_tokens_are_equal_when_texts_are(one: str, other: str) -> None:
    assert (TOKENS.token(one) == Tokens(KEY).token(other)) is (one == other)


def test_token_stays_what_it_is_for_ever() -> None:
    assert TOKENS.token("jane.doe@example.com") == "tok1_5ymJT_oGgMk4juRNtYaefvAcAmwfiwff9ZCyjQcr_f2owdFF"


def test_token_is_made_as_its_construction_says() -> None:
    """Written out anew for a text of three blocks: vector, key stream by counter, exclusive or."""
    text = ("Zürich " * 12).encode()
    labels = [b"lakehouse token digest\x01", b"lakehouse token stream\x01"]
    digest, stream = (hmac.new(KEY, label, "sha256").digest() for label in labels)
    vector = hmac.new(digest, text, "sha256").digest()[:16]
    blocks = [hmac.new(stream, vector + bytes(7) + bytes([at]), "sha256").digest() for at in range(3)]
    hidden = bytes(one ^ other for one, other in zip(text, b"".join(blocks), strict=False))
    assert content(TOKENS.token(text.decode())) == vector + hidden


@given(st.text(max_size=40), st.data())
def test_token_is_refused_when_any_bit_is_changed(text: str, data: st.DataObject) -> None:
    raw = bytearray(content(TOKENS.token(text)))
    at = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[at // 8] ^= 1 << at % 8
    changed = PREFIX + urlsafe_b64encode(raw).decode().rstrip("=")
    with pytest.raises(TokenError, match="made under another key, or changed since"):
        TOKENS.text(changed)


def test_token_is_refused_under_another_key_and_the_message_tells_no_text() -> None:
    with pytest.raises(TokenError) as refusal:
        Tokens(b"another").text(TOKENS.token("secret text"))
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "", "jane.doe@example.com", PREFIX, f"{PREFIX}ab", f"{PREFIX}!{'A' * 30}", f"{TOKENS.token('a')}=",
        f"{TOKENS.token('a')}\n", TOKENS.token("a").removeprefix(PREFIX), f"{PREFIX}é",
    ],
)  # fmt: skip
def test_text_that_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(TokenError, match=f"no token: those of a lake begin with {PREFIX}"):
        TOKENS.text(text)
