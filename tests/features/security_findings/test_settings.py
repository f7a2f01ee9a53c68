"""Settings of the feature `security_findings` say what AWS can do, and name who is there."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from config.collisions import contradictions
from config.load import ENVIRONMENTS, PROJECT_ROOT
from stacks.features.security_findings.settings import SecurityFindingsSettings
from tests.fixtures.environments import FIXTURE

EXAMPLE: dict[str, Any] = yaml.safe_load(
    (PROJECT_ROOT / "stacks/features/security_findings/example.yaml").read_text(encoding="utf-8")
)["security_findings"]
NOBODY = dict.fromkeys(("guardduty", "security_hub", "inspector", "macie", "config"))
KEPT = dict.fromkeys(("critical", "high", "medium", "low", "informational"), "keep")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (NOBODY, "one service that has findings"),
        ({"emails": []}, "emails where a severity is routed to mail"),
        ({"routing": KEPT}, "emails where a severity is routed to mail"),
        ({"routing": {**KEPT, "high": "call"}}, "routing.high"),
        ({"inspector": {"existing": False}}, "inspector.existing"),
        ({"macie": {**EXAMPLE["macie"], "layers": []}}, "macie.layers"),
        ({"security_hub": {"existing": False, "standards": ["soc-2"]}}, "security_hub.standards"),
    ],
)
def test_settings_refuse_what_would_do_nothing_or_cannot_be_done(changes: dict[str, Any], fault: str) -> None:
    SecurityFindingsSettings.model_validate(EXAMPLE)
    with pytest.raises(ValidationError, match=fault):
        SecurityFindingsSettings.model_validate({**EXAMPLE, **changes})


@pytest.mark.parametrize(
    ("readers", "told"), [(["security_officer"], []), (["security_officer", "auditor"], ["auditor"])]
)
def test_reader_that_is_no_persona_of_the_environment_is_told(
    tmp_path: Path, readers: list[str], told: list[str]
) -> None:
    text = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")
    section = yaml.safe_dump({"features": {"security_findings": {**EXAMPLE, "readers": readers}}})
    (tmp_path / ENVIRONMENTS).mkdir(parents=True)
    changed = text.replace("features: {}\n", section)
    (tmp_path / ENVIRONMENTS / "trial.yaml").write_text(changed, encoding="utf-8")
    assert [fault.got for fault in contradictions(tmp_path)] == told
