import base64

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

# Check values of "123456789": https://reveng.sourceforge.io/crc-catalogue/all.htm
CHECKED = [
    ("CRC64NVME", "ChecksumCRC64NVME", 0xAE8B14860A799888.to_bytes(8)),
    ("CRC32C", "ChecksumCRC32C", 0xE3069283.to_bytes(4)),
]


@pytest.mark.parametrize(("algorithm", "name", "value"), CHECKED)
def test_an_object_has_the_checksum_that_its_catalogue_of_crcs_tells(
    embedded_aws: EmbeddedAws, algorithm: str, name: str, value: bytes
) -> None:
    s3 = embedded_aws.client("s3")
    bucket = f"checked-{algorithm.lower()}"
    s3.create_bucket(Bucket=bucket)
    expected = base64.b64encode(value).decode()
    s3.put_object(Bucket=bucket, Key="digits", Body=b"123456789", **{name: expected})
    assert s3.head_object(Bucket=bucket, Key="digits", ChecksumMode="ENABLED")[name] == expected


@pytest.mark.parametrize(("algorithm", "name", "value"), CHECKED)
def test_an_object_is_refused_when_its_checksum_is_of_other_bytes(
    embedded_aws: EmbeddedAws, algorithm: str, name: str, value: bytes
) -> None:
    s3 = embedded_aws.client("s3")
    bucket = f"refused-{algorithm.lower()}"
    s3.create_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(
            Bucket=bucket, Key="digits", Body=b"12345678", **{name: base64.b64encode(value).decode()}
        )
