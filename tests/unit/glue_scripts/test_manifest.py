"""The manifest is understood whole or refused whole."""

import copy
import json

import pytest
from lakehouse_etl import manifest
from lakehouse_etl.manifest import ManifestError

GOOD = {
    "version": 1, "domain": "sales", "masking_secret": "s",
    "datasets": [{
        "name": "orders", "bronze": {"location": "s3://b/o/", "format": "json", "null_token": None},
        "silver_table": "silver.orders", "quarantine_table": "quarantine.orders", "state_location": "s3://b/_state/",
        "fields": [{"name": "id", "type": "string", "required": True, "masking": None, "checks": {}}],
        "key": ["id"], "order_by": [], "write": "merge", "max_rejected_ratio": 0.1,
    }],
    "products": [],
}  # fmt: skip


def _decode(document: object) -> object:
    return manifest.decode(json.dumps(document).encode(), "s3://b/m.json")


def test_good_manifest_is_decoded() -> None:
    decoded = _decode(GOOD)
    assert [dataset.name for dataset in decoded.datasets] == ["orders"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(version=2), "version: got 2; allowed: 1"),
        (lambda d: d.pop("domain"), "domain: got nothing"),
        (lambda d: d.update(surprise=1), "surprise"),
        (lambda d: d["datasets"][0].update(write="upsert"), "write: got 'upsert'; allowed: merge or append"),
        (lambda d: d["datasets"][0].update(key=[]), "key: got no column"),
        (lambda d: d["datasets"][0].update(key=["nope"]), "key: got 'nope'; allowed: names of fields"),
        (lambda d: d["datasets"][0]["fields"][0].update(type="varchar"), "type"),
        (lambda d: d["datasets"][0]["fields"][0].update(masking="rot13"), "masking"),
        (lambda d: d["datasets"][0]["fields"][0].update(checks={"minimum": 1}), "minimum on string"),
    ],
)
def test_faulty_manifest_is_refused_when(change, message: str) -> None:
    document = copy.deepcopy(GOOD)
    change(document)
    with pytest.raises(ManifestError) as refusal:
        _decode(document)
    assert message in str(refusal.value)
    assert "s3://b/m.json" in str(refusal.value)


def test_all_faults_are_named_at_once() -> None:
    document = copy.deepcopy(GOOD)
    document["datasets"][0].update(write="upsert", max_rejected_ratio=7)
    with pytest.raises(ManifestError) as refusal:
        _decode(document)
    assert "write" in str(refusal.value)
    assert "max_rejected_ratio" in str(refusal.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ManifestError, match="no JSON"):
        manifest.decode(b"{", "m")
