"""Parts and versions of objects are read, and have checksums, as on AWS.

ministack 1.5.33 returns a whole object where a range of a version is asked for; forgets of versions that
their checksum is one of parts; tells the size of the whole object where HeadObject asks for a part; and
computes checksums of parts that are uploaded, but of none that UploadPartCopy makes.

- https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html

Proven by `tests/local/patches/s3/test_object_parts.py`. Not emulated: checksums of the whole object, which
AWS combines from those of its parts for the CRC family.
"""

from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3

_Answer = tuple[int, dict[str, Any], bytes]
_COPIED = b"</CopyPartResult>"
_KEPT = ("checksum_type", "parts")

_emulator_get, _emulator_head, _emulator_copy = s3._get_object, s3._head_object, s3._upload_part_copy
_emulator_entry, _emulator_record = s3._version_entry_from_record, s3._object_record_from_version


def apply() -> None:
    """Mend each of them after the emulator has done its part."""
    s3._get_object = _get
    s3._head_object = _head
    s3._upload_part_copy = _copy
    s3._version_entry_from_record = _entry
    s3._object_record_from_version = _record


def _entry(record: dict[str, Any], version_id: str, data: Any) -> dict[str, Any]:
    return {**_emulator_entry(record, version_id, data), **{name: record.get(name) for name in _KEPT}}


def _record(entry: dict[str, Any]) -> dict[str, Any]:
    return {**_emulator_record(entry), **{name: entry.get(name) for name in _KEPT}}


def _get(bucket: str, key: str, headers: dict[str, Any], query: dict[str, Any] | None = None) -> _Answer:
    asked = headers.get("range", "")
    if not asked or not s3._qp(query or {}, "versionId"):
        answer: _Answer = _emulator_get(bucket, key, headers, query)
        return answer
    without = {name: value for name, value in headers.items() if name != "x-amz-checksum-mode"}
    status, told, body = _emulator_get(bucket, key, without, query)
    extent = s3._parse_range(asked, len(body)) if status == HTTPStatus.OK else None
    if extent is None:
        return status, told, body
    start, end = extent
    told["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    part = body[start : end + 1]
    return HTTPStatus.PARTIAL_CONTENT.value, {**told, "Content-Length": str(len(part))}, part


def _head(
    bucket: str, key: str, headers: dict[str, Any] | None = None, query: dict[str, Any] | None = None
) -> _Answer:
    status, told, body = _emulator_head(bucket, key, headers, query)
    number = s3._qp(query or {}, "partNumber")
    if number and status == HTTPStatus.OK:
        version = s3._qp(query or {}, "versionId")
        versions = s3._object_versions.get((bucket, key), [])
        held = next((one for one in versions if one["version_id"] == version), None)
        parts = (held or s3._ensure_bucket(bucket)["objects"][key]).get("parts") or []
        sizes = {part["PartNumber"]: part["Size"] for part in parts}
        if int(number) in sizes:
            told |= {"Content-Length": str(sizes[int(number)]), "x-amz-mp-parts-count": str(len(sizes))}
    return status, told, body


def _copy(bucket: str, key: str, query: dict[str, Any], headers: dict[str, Any]) -> _Answer:
    status, told, body = _emulator_copy(bucket, key, query, headers)
    upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
    if status != HTTPStatus.OK or not upload or not (algorithm := upload.get("checksum_algorithm")):
        return status, told, body
    part = upload["parts"][int(s3._qp(query, "partNumber", "1"))]
    value = s3._compute_s3_checksum(algorithm, part["body"])
    part["checksums"] = {algorithm: value}
    element = f"<Checksum{algorithm}>{escape(value)}</Checksum{algorithm}>".encode()
    return status, told, body.replace(_COPIED, element + _COPIED)
