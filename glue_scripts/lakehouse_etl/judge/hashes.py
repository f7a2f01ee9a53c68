"""Record hashes, equal to those of Spark's `xxhash64`: tables hold them, and versions of a row compare."""

from collections.abc import Iterable, Sequence

from xxhash import xxh64_intdigest

SEED = 42

_SIGN, _RANGE = 1 << 63, 1 << 64


def hash_of(content: bytes, seed: int = SEED) -> int:
    """Return the hash of bytes, 64 bits with a sign."""
    return signed(xxh64_intdigest(content, seed))


def hash_of_texts(texts: Iterable[str | None]) -> int:
    """Return the hash of texts in a row: each is the seed of the next, and null leaves the hash as it is."""
    found = SEED
    for text in texts:
        if text is not None:
            found = xxh64_intdigest(text.encode(), found)
    return signed(found)


def hashes_of_texts(columns: Iterable[Sequence[str]], last: Sequence[str | None]) -> list[int]:
    """Return the hashes of many records as `hash_of_texts` has them, but without a sign.

    Args:
        columns: A text for each record.
        last: The last column, which may have nulls.
    """
    found = [SEED] * len(last)
    for column in columns:
        found = list(map(xxh64_intdigest, map(str.encode, column), found))
    return [
        seed if text is None else xxh64_intdigest(text.encode(), seed)
        for text, seed in zip(last, found, strict=True)
    ]


def signed(number: int) -> int:
    """Return a number of 64 bits as Iceberg stores it."""
    return number - _RANGE if number >= _SIGN else number
