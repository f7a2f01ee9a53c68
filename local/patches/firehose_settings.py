"""What a Firehose destination's settings say about its records and objects."""

from collections.abc import Mapping
from typing import Any

from ministack.services import firehose

_SUFFIXES = {"UNCOMPRESSED": "", "GZIP": ".gz"}
_emulator_validate = firehose._validate_s3_destination_config


def validate(kind: str, config: dict[str, Any]) -> Any:
    """The emulator's refusal of a destination, or ours of a compression that is not emulated; else None."""
    asked = config.get("CompressionFormat", "UNCOMPRESSED")
    if asked not in _SUFFIXES:
        return firehose._invalid(f"CompressionFormat {asked} is not emulated: use {' or '.join(_SUFFIXES)}")
    return _emulator_validate(kind, config)


def compression(config: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether objects are gzipped, and how their names end."""
    asked = config.get("CompressionFormat") or "UNCOMPRESSED"
    return asked == "GZIP", config.get("FileExtension") or _SUFFIXES[asked]


def query_keys(config: Mapping[str, Any], data: bytes) -> dict[str, str] | None:
    """Partition keys that the metadata query finds in a record; None if it cannot be applied."""
    if not (config.get("DynamicPartitioningConfiguration") or {}).get("Enabled"):
        return {}
    try:
        return firehose._metadata_extraction_keys(config, data) or {}
    except firehose._DeliveryError:
        return None


def delimiter(config: Mapping[str, Any]) -> bytes:
    """What is appended to each record."""
    processing = config.get("ProcessingConfiguration") or {}
    for processor in processing.get("Processors", []) if processing.get("Enabled") else []:
        if processor["Type"] == "AppendDelimiterToRecord":
            values = [str(one["ParameterValue"]) for one in processor.get("Parameters", [])]
            return (values[0] if values else "\\n").replace("\\n", "\n").encode()
    return b""
