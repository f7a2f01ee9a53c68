"""A fork takes what its blueprint has changed since, and keeps what is its own."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.environments import FIXTURE
from tests.fixtures.repository import commit, git
from tests.fork.fork import Fork

pytestmark = pytest.mark.fork

CODE, PAGE = "lakehouse/__init__.py", "docs/glossary.md"
SNAPSHOT = "tests/infra/snapshot/templates/Storage.json"


@dataclass(frozen=True)
class Family:
    """A blueprint that was forked, both in repositories of their own."""

    blueprint: Fork
    fork: Fork

    def upstream(self, *more: str) -> None:
        """Have the blueprint change on: its code, pages, snapshots and environments, and each example."""
        root = self.blueprint.root
        for name in (CODE, PAGE, SNAPSHOT, *more):
            path = root / name
            path.write_text(path.read_text() + "\n")
        shared = root / "config/environments/base.yaml"
        shared.write_text(shared.read_text().replace("timeout_seconds: 600", "timeout_seconds: 620"))
        for domain in self.blueprint.domains:
            for path in sorted((root / "contracts" / domain).glob("*.odcs.yaml"))[:1]:
                text = path.read_text()
                path.write_text(text + "\n")
                path.with_name("brand_new.odcs.yaml").write_text(text)
            for path in sorted((root / "tests/samples" / domain).glob("*.py"))[:1]:
                path.write_text(path.read_text() + "\n")
        commit(root)

    def take(self) -> "subprocess.CompletedProcess[str]":
        """Merge it as a fork does."""
        git(self.fork.root, "fetch", "--quiet", "origin")
        return subprocess.run(
            [self.fork.root / "tools/merge", "origin/main"],
            cwd=self.fork.root,
            capture_output=True,
            text=True,
            check=False,
        )

    def is_there(self, name: str) -> bool:
        """Whether the fork has a file."""
        return (self.fork.root / name).exists()


@pytest.fixture
def family(tmp_path: Path) -> Family:
    blueprint = Fork.make(tmp_path / "blueprint")
    git(blueprint.root, "branch", "--move", "main")
    commit(blueprint.root)
    git(tmp_path, "clone", "--quiet", str(blueprint.root), "fork")
    git(tmp_path / "fork", "config", "user.name", "n")
    git(tmp_path / "fork", "config", "user.email", "n@example.com")
    return Family(blueprint, Fork(tmp_path / "fork"))


def make_its_own(fork: Fork, *words: str) -> None:
    """Say what the fork is, and give it contracts and an environment of its own."""
    shutil.copytree(FIXTURE / "contracts" / "shop", fork.root / "contracts" / "shop")
    fork.settle("acme", "eu-central-1", *words)
    fork.add_environment("staging", like="dev", account="345678901299")
    commit(fork.root)


def test_fork_with_settings_and_contracts_of_its_own_merges_without_a_conflict(family: Family) -> None:
    make_its_own(family.fork)
    family.upstream()
    git(family.fork.root, "fetch", "--quiet", "origin")
    git(family.fork.root, "merge", "--quiet", "--no-edit", "origin/main")
    assert git(family.fork.root, "status", "--porcelain") == ""
    settings = (family.fork.root / "config/environments/base.yaml").read_text()
    assert "project: acme" in settings
    assert "timeout_seconds: 620" in settings
    assert family.is_there("contracts/shop/orders.odcs.yaml")


def test_fork_without_examples_and_features_merges_and_gets_none_of_them_back(family: Family) -> None:
    examples = family.blueprint.domains
    make_its_own(family.fork, "--drop-examples", "--yes")
    for feature in family.fork.features:
        family.fork.lake("feature", "remove", feature, "--yes")
    commit(family.fork.root)
    features = [f"stacks/features/{each}/README.md" for each in family.blueprint.features]
    family.upstream(*features)
    taken = family.take()
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert git(family.fork.root, "status", "--porcelain") == ""
    assert family.fork.domains == ["shop"]
    assert [each for each in examples if family.is_there(f"tests/samples/{each}")] == []
    assert [each for each in features if family.is_there(each)] == []
    assert (family.fork.root / CODE).read_text() == (family.blueprint.root / CODE).read_text()
    family.fork.lake("validate")


def test_what_both_changed_is_left_to_people_and_what_is_generated_is_not(family: Family) -> None:
    make_its_own(family.fork)
    family.upstream()
    for name in (CODE, SNAPSHOT):
        path = family.fork.root / name
        path.write_text(path.read_text() + "# of the fork\n")
    commit(family.fork.root)
    taken = family.take()
    assert taken.returncode == 1
    assert taken.stderr.splitlines()[-1] == CODE
    assert f"taken from the blueprint: {SNAPSHOT}" in taken.stdout


@pytest.mark.parametrize(
    ("dirty", "ref", "told"),
    [(False, "origin/nothing", "a branch, tag or commit"), (True, "origin/main", "commit them")],
    ids=["no such revision", "changes"],
)
def test_merge_that_cannot_begin_says_why_and_changes_nothing(
    family: Family, dirty: bool, ref: str, told: str
) -> None:
    if dirty:
        (family.fork.root / CODE).write_text("")
    before = git(family.fork.root, "status", "--porcelain")
    done = subprocess.run(
        [family.fork.root / "tools/merge", ref],
        cwd=family.fork.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert git(family.fork.root, "status", "--porcelain") == before
