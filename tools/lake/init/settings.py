"""What a fork says about itself, and the files of settings that say it afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from config.faults import Fault, InvalidInputError, nearest, one_of
from config.load import BASE, ENVIRONMENTS, environment_names
from tools.lake.init.editing import UneditableError, with_value, without_value

LAPTOP = "local"
"""The environment of the embedded AWS, which has an account and a region of its own."""

OWN = ("account", "region")
"""Keys that environments have values of their own of."""

_HEAD = "# What the environments beside this file have in common. One that says otherwise wins, key by key.\n"


@dataclass(frozen=True)
class Answers:
    """What somebody has said; None and empty: nothing."""

    common: Mapping[str, str]
    """Values for all environments, by their keys."""
    own: Mapping[tuple[str, str], str]
    """Values for one environment, by its name and the key."""


@dataclass(frozen=True)
class Edit:
    """A value that a file has from now on."""

    file: str
    key: str
    before: str | None
    after: str | None
    """None: the base says it."""


def answers(common: Mapping[str, str | None], own: Mapping[str, Iterable[str]], project: Path) -> Answers:
    """Sort what was said on the command line.

    Args:
        common: Values of keys that all environments have in common.
        own: `ENVIRONMENT=VALUE` or `VALUE`, which is for all environments, by key.
        project: Folder of the project.

    Raises:
        InvalidInputError: Something names no environment; holds every fault.
    """
    names = [name for name in environment_names(project) if name != LAPTOP]
    shared = {key: value for key, value in common.items() if value is not None}
    single: dict[tuple[str, str], str] = {}
    faults = []
    for key, texts in own.items():
        for text in texts:
            name, equals, value = text.partition("=")
            if equals and name in names:
                single[name, key] = value
            elif not equals and key != "account":
                shared[key] = text
            else:
                got = name if equals else text
                allowed = f"ENVIRONMENT={key.upper()}, where the environment is one of {one_of(names)}"
                faults.append(Fault("lake init", f"--{key}", text, allowed, nearest(got, names)))
    if faults:
        raise InvalidInputError(faults)
    return Answers(shared, single)


def edited(said: Answers, project: Path) -> tuple[dict[Path, str], list[Edit]]:
    """Return the files whose text becomes another one, and what is said there from now on.

    What is said for all stands in the base alone: environments lose their own values of it, but for the
    region of the laptop.

    Raises:
        InvalidInputError: A file is written in a way that cannot be edited; holds every fault.
    """
    folder = project / ENVIRONMENTS
    texts: dict[Path, str] = {}
    edits: list[Edit] = []
    faults: list[Fault] = []
    for name in (BASE, *environment_names(project)):
        file = folder / f"{name}.yaml"
        text = former = file.read_text(encoding="utf-8") if file.is_file() else _HEAD
        where = f"{ENVIRONMENTS}/{file.name}"
        for key, value in _wanted(name, said).items():
            before = (yaml.safe_load(former) or {}).get(key)
            try:
                text = without_value(text, key) if value is None else with_value(text, key, value)
            except UneditableError as error:
                faults.append(Fault(where, key, str(error), "one line", f"write `{key}: value`"))
            if before != value:
                edits.append(Edit(where, key, None if before is None else str(before), value))
        if text != former:
            texts[file] = text
    if faults:
        raise InvalidInputError(faults)
    return texts, edits


def _wanted(name: str, said: Answers) -> dict[str, str | None]:
    """Return what a file is to say, by key; None: nothing."""
    if name == BASE:
        return dict(said.common)
    left = {key: None for key in said.common if not (name == LAPTOP and key in OWN)}
    return {**left, **{key: value for (whose, key), value in said.own.items() if whose == name}}


def current(project: Path, environment: str, key: str) -> str:
    """Return what an environment says, itself or by the base; nothing where neither does."""
    for name in (environment, BASE):
        file = project / ENVIRONMENTS / f"{name}.yaml"
        said = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
        if said and said.get(key) is not None:
            return str(said[key])
    return ""
