"""Mutations of valid samples, the same for a seed.

`LAKE_FUZZ_SEED=1 pytest tests/unit/glue_scripts -k fuzz` explores other mutations than those of every run.
"""

import os
import random
from collections.abc import Callable, Sequence

SEED = int(os.environ.get("LAKE_FUZZ_SEED", "20260101"))

TOKENS = [
    b"null", b"true", b"NaN", b"Infinity", b"-0", b"0", b"1e999", b"-1e-400", b"1.005", b"0.10",
    b"12345678901234567890", b"2147483648", b"-9223372036854775809", b"9" * 60, b"1.0000000000000001",
    b"[]", b"{}", b'{"a": 1, "a": 2}', b"[[[[[[[[]]]]]]]]", b'""', b'"2026-02-30"',
    b'"2026-01-01T25:00:00Z"', b'"2026-01-01T00:00:00"', b'"T"', b'" 1"', b'"1\\n"', b'"\\ud800"',
    b'"\\u0000"', b'"\\ud83d\\ude00"', b"'a'", b'"12.5"', b'"1,5"', b"+1", b".5", b"1.", b"01", b"0x1F",
    b'"2026-01-01T00:00:00.123456789+02:00"', b'"0000-01-01"', b'"9999-12-31"', b'"AAE="', b'"A"',
    b"\xc3\xa9", b"",
]  # fmt: skip
NOISE = [
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\t", b'"', b"\\",
    b",", b":", b"{", b"}", b"[", b"]", b" ", b"\x1f", b"\x7f", b"\xf0\x9f\x98\x80", b"'", b"//", b"/**/",
]  # fmt: skip


def mutated(
    rng: random.Random, sample: bytes, swaps: Sequence[Callable[[random.Random, bytes], bytes]]
) -> bytes:
    """A sample after one to three mutations."""
    for _ in range(rng.randint(1, 3)):
        sample = rng.choice((_flip, _cut, _insert, _double, *swaps, *swaps, *swaps))(rng, sample)
    return sample


def _flip(rng: random.Random, sample: bytes) -> bytes:
    if not sample:
        return sample
    at = rng.randrange(len(sample))
    return sample[:at] + bytes([sample[at] ^ (1 << rng.randrange(8))]) + sample[at + 1 :]


def _cut(rng: random.Random, sample: bytes) -> bytes:
    low, high = sorted((rng.randrange(len(sample) + 1), rng.randrange(len(sample) + 1)))
    return rng.choice((sample[:low], sample[high:], sample[:low] + sample[high:]))


def _insert(rng: random.Random, sample: bytes) -> bytes:
    at = rng.randrange(len(sample) + 1)
    return sample[:at] + rng.choice(NOISE) * rng.choice((1, 1, 2)) + sample[at:]


def _double(rng: random.Random, sample: bytes) -> bytes:
    low, high = sorted((rng.randrange(len(sample) + 1), rng.randrange(len(sample) + 1)))
    return sample[:high] + sample[low:high] + sample[high:]
