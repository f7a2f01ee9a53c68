"""What is asked of every feature alike; a feature's own tests lie in a folder of its name."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from pydantic import ValidationError

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Lake, Source
from stacks.features.registry import features, part, sections, sources
from stacks.policies.lake.checks import findings
from stacks.policies.packs import NAG_PACKS
from tests.fixtures.environments import LIVE, TRIAL, fed_by
from tools.assembly.assembly import Assembly
from tools.lake.feature.places import paths
from tools.preflight.edge import rows_of
from tools.preflight.run import look

NAMES = list(features())
FOLDER = PROJECT_ROOT / "stacks" / "features"
EVERYWHERE = {"cloudformation", "iam"}
"""Services whose patches every lake needs, though no template names them."""
NAMED_BY_TESTS = {"tests/architecture/test_imports.py", "tests/unit/glue_scripts/gold/test_publishing.py"}
"""One plants imports that would be wrong, the other means the step of a job that has a feature's name."""


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_folder_has_what_a_feature_needs(name: str) -> None:
    files = {path.name for path in (FOLDER / name).iterdir()}
    assert {"feature.py", "settings.py", "example.yaml", "stack.py", "README.md", "reference.md"} <= files
    assert (PROJECT_ROOT / "tests" / "features" / name).is_dir()


def test_example_is_one_section_that_is_valid_and_takes_no_unknown_key(name: str) -> None:
    example: dict[str, Any] = yaml.safe_load((FOLDER / name / "example.yaml").read_text())
    assert list(example) == [name]
    chosen = sections()
    chosen.model_validate_json(json.dumps(example))
    with pytest.raises(ValidationError, match="no_such_key"):
        chosen.model_validate_json(json.dumps({name: {**example[name], "no_such_key": 1}}))


def test_feature_adds_its_stacks_where_it_is_on_and_nothing_where_it_is_not(
    synthesize: Callable[..., Any], name: str
) -> None:
    without, with_it = synthesize(TRIAL), synthesize(replace(TRIAL, features=(name,)))
    assert with_it.keys() - without.keys() == set(features()[name].stacks)
    changed = {stack for stack in without if without[stack]["Resources"] != with_it[stack]["Resources"]}
    # What it needs once, its keys, what it does with buckets and tables, what people read beside the lake.
    domains = {stack for stack in without if stack.startswith("Domain")}
    shared = {"Ingestion", "Foundation", "Storage", "Governance", *domains}
    assert features()[name].everywhere or changed <= shared


def _lake_of(name: str) -> Lake:
    """The lake of the tests, with a dataset that the feature brings if it brings any."""
    lake = LIVE.lake
    if name not in sources():
        return lake
    wanted = sources()[name]
    fed = next(
        each.id for each in lake.datasets
        if each.ingestion and each.ingestion.stream is None and each.ingestion.transform is None
        and (each.ingestion.mode, each.ingestion.content) == (wanted.mode, wanted.content)
    )  # fmt: skip
    return fed_by(lake, Source(name), fed)


def test_feature_builds_what_policies_find_nothing_in(build_app: Callable[..., cdk.App], name: str) -> None:
    app = build_app(replace(LIVE, features=(name,)), _lake_of(name))
    for pack in NAG_PACKS:
        report = pack(app).validate_scope(app)
        assert [violation.rule_name for violation in report.violations] == []
    assert findings(Path(app.synth().directory).glob("*.template.json")) == []


def test_feature_can_be_deployed_for_the_first_time(assemble: Callable[..., Path], name: str) -> None:
    assembly = Assembly.of_folder(assemble(replace(LIVE, features=(name,)), _lake_of(name)))
    answers = look(assembly, PROJECT_ROOT)
    assert [(each.where, each.edge, each.why) for each in answers.findings] == []
    kinds = {edge.kind for edge in rows_of(PROJECT_ROOT, name).edges}
    assert [kind for kind in sorted(kinds) if not answers.asked[kind]] == []


def test_nothing_else_names_a_feature(name: str) -> None:
    """Only what goes with it, and settings, contracts, examples and pages, which people write."""
    listed = subprocess.run(
        ["git", "grep", "-lwE", f"[\"'.`]{name}[\"'.`]|features/{name}", "--", "*.py", "*.toml", "Makefile"],  # noqa: S607
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    own = [path.relative_to(PROJECT_ROOT).as_posix() for path in paths(PROJECT_ROOT, name)]
    strange = [
        file
        for file in listed.stdout.split()
        if not file.startswith((*own, "local/samples/", "tests/samples/"))
        and file not in NAMED_BY_TESTS
        and not re.search(r"^tests/(features|local)/", file)
    ]
    assert strange == []


def test_every_patch_of_the_embedded_aws_is_needed_by_the_core_or_by_features(
    synthesize: Callable[..., Any],
) -> None:
    kinds = {
        resource["Type"].split("::")[1].lower().removeprefix("kinesis")
        for environment in (TRIAL, LIVE)
        for template in synthesize(environment).values()
        for resource in template["Resources"].values()
    }
    claimed = {patch for feature in features().values() for patch in feature.patches}
    folders = (path.parent.name for path in (PROJECT_ROOT / "local/patches").glob("*/__init__.py"))
    # A folder that is named lambda could not be imported.
    patches = {folder.removesuffix("_functions") for folder in folders}
    assert patches - kinds - EVERYWHERE == claimed


def test_features_folder_holds_nothing_that_the_registry_does_not_find() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}
    assert folders == set(NAMES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in folders)


def test_registry_finds_no_part_that_is_not_there() -> None:
    assert part("no_such_feature", "stack") is None
    assert all(part(each, "no_such_part") is None for each in NAMES)
