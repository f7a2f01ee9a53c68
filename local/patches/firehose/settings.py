"""What a Firehose destination's settings say about its records and objects."""

from collections.abc import Mapping
from typing import Any

from ministack.services import firehose

from local.patches.firehose import parquet as firehose_parquet

_WIDE_MEBIBYTES = 64
_SUFFIXES = {"UNCOMPRESSED": "", "GZIP": ".gz"}
_emulator_validate = firehose._validate_s3_destination_config


def validate(kind: str, config: dict[str, Any]) -> Any:
    """The emulator's refusal of a destination, or ours of what AWS refuses or is not emulated; else None.

    https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-enable.html
    https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
    """
    asked = config.get("CompressionFormat", "UNCOMPRESSED")
    if asked not in _SUFFIXES:
        return firehose._invalid(f"CompressionFormat {asked} is not emulated: use {' or '.join(_SUFFIXES)}")
    converts, partitions = firehose_parquet.enabled(config), by_content(config)
    mebibytes = int((config.get("BufferingHints") or {}).get("SizeInMBs", _WIDE_MEBIBYTES))
    if (converts or partitions) and mebibytes < _WIDE_MEBIBYTES:
        return firehose._invalid(
            f"BufferingHints.SizeInMBs must be at least {_WIDE_MEBIBYTES} when dynamic partitioning or data "
            "format conversion is enabled."
        )
    if converts and asked != "UNCOMPRESSED":
        return firehose._invalid("CompressionFormat must be UNCOMPRESSED when data is converted.")
    if partitions and not config.get("ErrorOutputPrefix"):
        return firehose._invalid("ErrorOutputPrefix is required when dynamic partitioning is enabled.")
    return _emulator_validate(kind, config)


def by_content(config: Mapping[str, Any]) -> bool:
    """Whether prefixes depend on the records."""
    return bool((config.get("DynamicPartitioningConfiguration") or {}).get("Enabled"))


def compression(config: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether objects are gzipped, and how their names end."""
    if firehose_parquet.enabled(config):
        return False, config.get("FileExtension") or ".parquet"
    asked = config.get("CompressionFormat") or "UNCOMPRESSED"
    return asked == "GZIP", config.get("FileExtension") or _SUFFIXES[asked]


def query_keys(config: Mapping[str, Any], data: bytes) -> dict[str, str]:
    """Partition keys that the metadata query finds in a record.

    Raises:
        _DeliveryError: The query cannot be applied.
    """
    if not by_content(config):
        return {}
    return firehose._metadata_extraction_keys(config, data) or {}


def delimiter(config: Mapping[str, Any]) -> bytes:
    """What is appended to each record."""
    processing = config.get("ProcessingConfiguration") or {}
    for processor in processing.get("Processors", []) if processing.get("Enabled") else []:
        if processor["Type"] == "AppendDelimiterToRecord":
            values = [str(one["ParameterValue"]) for one in processor.get("Parameters", [])]
            return (values[0] if values else "\\n").replace("\\n", "\n").encode()
    return b""
