"""Notes of the lake about its work that mention a person: names of objects, and conditions of repairs."""

import json
import re
from collections.abc import Callable
from typing import Any

from lakehouse.layout.paths import INGEST_DATE, INGEST_HOUR, REPAIRS, requests_prefix
from lakehouse.model.dataset import Dataset, Layer, Mode
from lakehouse.targets.run_events import RUN_EVENTS
from tools.ops.erasure.objects import listed, locked_until, remove_versions
from tools.ops.erasure.person import Person
from tools.ops.target import Target

_Change = Callable[[bytes], bytes]

_NAME = re.compile(rf'({INGEST_DATE}=[0-9-]+/{INGEST_HOUR}=[0-9]+/)((?:[^"\\]|\\u[0-9a-fA-F]{{4}})*)')
"""The name of an object inside of JSON: its partition, and what a sender chose."""


def hide_person(target: Target, dataset: Dataset, person: Person, word: str) -> None:
    """Put a word in the place of a person in what the lake notes of a dataset.

    That is in names of objects, which states, requests, repairs and events of runs tell, and in what was
    asked of repairs.
    """
    bronze, silver = (target.settings.naming.bucket(layer) for layer in (Layer.BRONZE, Layer.SILVER))
    repairs = f"{REPAIRS}{dataset.id}/"

    def without_names(body: bytes) -> bytes:
        text = body.decode(errors="surrogateescape")  # hashes of keys lie beside states
        return names_hidden(text, person, word).encode(errors="surrogateescape")

    def without_values(body: bytes) -> bytes:
        document = json.loads(body)
        other = _hidden(document, person, word)
        return body if other == document else json.dumps(other, indent=1).encode()

    _change(target, bronze, repairs, without_values)
    if dataset.ingestion is None or dataset.ingestion.mode is not Mode.FILES:
        return  # no sender chose a name
    for bucket, prefix in (
        (bronze, requests_prefix(dataset)),
        (bronze, repairs),
        (silver, f"{dataset.domain}/_state/{dataset.name}/"),
        (silver, f"{dataset.domain}/{RUN_EVENTS}/"),
    ):
        _change(target, bucket, prefix, without_names)


def names_hidden(text: str, person: Person, word: str) -> str:
    """Return a text of JSON with a word in the place of the person in names of objects."""
    return _NAME.sub(lambda found: found[1] + person.hidden(found[2], word), text)


def _hidden(value: Any, person: Person, word: str) -> Any:
    match value:
        case str():
            return person.hidden(value, word)
        case list():
            return [_hidden(each, person, word) for each in value]
        case dict():
            return {name: _hidden(each, person, word) for name, each in value.items()}
    return value


def _change(target: Target, bucket: str, prefix: str, changed: _Change) -> None:
    """Change objects, and delete the versions that they were and that would change as well, unless locked."""
    s3 = target.client("s3")
    for version in [*listed(target, bucket, prefix)]:
        if "Size" not in version:
            continue
        place = {"Bucket": bucket, "Key": version["Key"]}
        object_ = s3.get_object(**place, VersionId=version["VersionId"])
        body = object_["Body"].read()
        if (new := changed(body)) != body:
            if version["IsLatest"]:
                s3.put_object(**place, Body=new)
            if locked_until(object_) is None:
                remove_versions(target, bucket, [(version["Key"], version["VersionId"])])
