"""CRC64NVME and CRC32C of objects are computed by a library.

ministack 1.5.33 computes both byte by byte in Python, a tenth of a second for a megabyte in which it answers
nobody else. Arrow and newer SDKs send CRC64NVME with every object that they write.

- https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html

Proven by `tests/local/patches/s3/test_checksums.py`.
"""

from anycrc import Model
from ministack.services import s3

_CRC64NVME = Model("CRC64-NVME")
_CRC32C = Model("CRC32-ISCSI")


def apply() -> None:
    """Replace the two functions that the emulator has in their place."""
    s3._crc64nvme = _CRC64NVME.calc
    s3._crc32c = _CRC32C.calc
