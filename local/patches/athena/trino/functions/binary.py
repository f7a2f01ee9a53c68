"""Functions of binary values.

Source: https://trino.io/docs/current/functions/binary.html
"""

SAME = ("from_base64",)
MACROS = (
    ("to_utf8(s)", "encode(s)"),
    ("from_utf8(b)", "decode(b)"),
    ("to_hex(b)", "upper(hex(b))"),
    ("from_hex(s)", "unhex(s)"),
    ("to_base64(b)", "to_base64(b)"),
    ("md5(b)", "unhex(md5(b))"),
    ("sha1(b)", "unhex(sha1(b))"),
    ("sha256(b)", "unhex(sha256(b))"),
)
