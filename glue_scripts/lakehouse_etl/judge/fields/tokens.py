"""Tokens: texts encrypted so that equal ones stay equal, and whoever has the key reads them back.

The construction is SIV, deterministic authenticated encryption: a keyed digest of the text is both the
initialisation vector of its encryption and what tells that a token was made under this key and is whole.
RFC 5297 builds it of AES; here HMAC-SHA-256, which Python brings along, is the keyed digest and, counting
up, the key stream. Rogaway and Shrimpton prove the construction for any pseudorandom function and any
encryption by a vector, https://web.cs.ucdavis.edu/~rogaway/papers/keywrap.pdf (section 4); HMAC in counter
mode is the key derivation of NIST SP 800-108.

A token tells the length of its text in bytes, and which texts are equal; nothing else.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

PREFIX = "tok1_"
"""What every token begins with; another construction has another number."""

_DIGEST = "sha256"
_VECTOR = 16
"""Bytes of the vector, as RFC 5297 has it: two texts in 2**64 share one by chance."""

_BLOCK = 32
"""Bytes of the key stream at a time."""


class TokenError(ValueError):
    """A text is no token of this lake, or was changed; the message does not show what it would be."""


class Tokens:
    """Makes tokens under a key, and reads them back."""

    def __init__(self, key: bytes) -> None:
        """Derive a key for the digest and one for the stream, by RFC 5869's expansion of the key."""
        self._sign, self._stream = (
            hmac.digest(key, b"lakehouse token " + purpose + b"\x01", _DIGEST)
            for purpose in (b"digest", b"stream")
        )

    def token(self, text: str) -> str:
        """Return the token of a text: the same one each time."""
        plain = text.encode()
        vector = self._vector(plain)
        return PREFIX + urlsafe_b64encode(vector + self._applied(vector, plain)).decode().rstrip("=")

    def text(self, token: str) -> str:
        """Return the text of a token.

        Raises:
            TokenError: It is no token, was made under another key, or was changed.
        """
        vector, hidden = _parts(token)
        plain = self._applied(vector, hidden)
        if not hmac.compare_digest(vector, self._vector(plain)):
            raise TokenError("made under another key, or changed since")
        return plain.decode()

    def _vector(self, plain: bytes) -> bytes:
        return hmac.digest(self._sign, plain, _DIGEST)[:_VECTOR]

    def _applied(self, vector: bytes, content: bytes) -> bytes:
        """Return content with the key stream of a vector applied, which hides it or shows it again."""
        blocks = range(-(-len(content) // _BLOCK))
        stream = b"".join(hmac.digest(self._stream, vector + at.to_bytes(8), _DIGEST) for at in blocks)
        hidden = int.from_bytes(content) ^ int.from_bytes(stream[: len(content)])
        return hidden.to_bytes(len(content))


def _parts(token: str) -> tuple[bytes, bytes]:
    """Return the vector of a token, and the hidden text."""
    coded = token.removeprefix(PREFIX)
    try:
        content = urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
    except ValueError:
        content = b""
    # The text of a token is one alone: what decoding passes over would make others of it.
    written = urlsafe_b64encode(content).decode().rstrip("=")
    if not token.startswith(PREFIX) or written != coded or len(content) < _VECTOR:
        raise TokenError(f"no token: those of a lake begin with {PREFIX}")
    return content[:_VECTOR], content[_VECTOR:]
