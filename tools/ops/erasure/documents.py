"""Notes of the lake about its work that mention a person: names of objects, and conditions of repairs."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lakehouse.layout.paths import REPAIRS, requests_prefix
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.targets.run_events import RUN_EVENTS
from tools.ops.erasure.objects import listed, remove_versions
from tools.ops.erasure.person import Person
from tools.ops.target import Target

_Change = Callable[[bytes], bytes]


def rename_objects(target: Target, dataset: Dataset, names: Mapping[str, str]) -> None:
    """Put new names of a dataset's objects in the place of those that states, requests and events have."""
    if not names:
        return
    start, naming = f"{dataset.id}/", target.settings.naming
    short = {old.removeprefix(start): new.removeprefix(start) for old, new in names.items()}
    short |= {json.dumps(old)[1:-1]: json.dumps(new)[1:-1] for old, new in short.items()}

    def renamed(body: bytes) -> bytes:
        for old, new in short.items():
            body = body.replace(old.encode(), new.encode())
        return body

    bronze, silver = naming.bucket(Layer.BRONZE), naming.bucket(Layer.SILVER)
    for bucket, prefix in (
        (bronze, requests_prefix(dataset)),
        (bronze, f"{REPAIRS}{start}"),
        (silver, f"{dataset.domain}/_state/{dataset.name}/"),
        (silver, f"{dataset.domain}/{RUN_EVENTS}/"),
    ):
        _change(target, bucket, prefix, renamed)


def hide_in_repairs(target: Target, dataset: Dataset, person: Person, word: str) -> None:
    """Put a word in the place of the person in what was asked of repairs of a dataset."""

    def hidden(body: bytes) -> bytes:
        document = json.loads(body)
        other = _hidden(document, person, word)
        return body if other == document else json.dumps(other, indent=1).encode()

    _change(target, target.settings.naming.bucket(Layer.BRONZE), f"{REPAIRS}{dataset.id}/", hidden)


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
    """Change objects, and delete the versions that they were and that would change as well."""
    s3 = target.client("s3")
    for version in [*listed(target, bucket, prefix)]:
        if "Size" not in version:
            continue
        place = {"Bucket": bucket, "Key": version["Key"]}
        body = s3.get_object(**place, VersionId=version["VersionId"])["Body"].read()
        if (new := changed(body)) != body:
            if version["IsLatest"]:
                s3.put_object(**place, Body=new)
            remove_versions(target, bucket, [(version["Key"], version["VersionId"])])
