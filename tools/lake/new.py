"""`lake new`: a contract, drafted from a sample of the data."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.faults import Fault, InvalidInputError
from lakehouse.access.load import load_access
from lakehouse.model.dataset import Lake, Mode
from lakehouse.odcs.head import SUFFIX
from lakehouse.odcs.lake.load import load_lake
from lakehouse.placement.parts import SHARED_PART, next_part
from tools.cli.project import CONTRACTS, Root, console, dataset_of, project_root, telling_faults
from tools.lake.drafts import UNASSIGNED

if TYPE_CHECKING:
    from tools.lake.drafts.draft import Draft
    from tools.lake.drafts.proof import Proof

Keep = Annotated[
    bool, typer.Option("--keep-sample/--no-sample", help="Keep its first records beside the contract.")
]

_ID = re.compile(r"([a-z0-9_]+)/([a-z0-9_]+)")


@telling_faults
def new(
    dataset: Annotated[str, typer.Argument(help="DOMAIN/DATASET, both in snake_case.")],
    *,
    sample: Annotated[
        Path,
        typer.Option(
            "--from",
            help="CSV, JSON lines or Parquet; the first two may be gzipped.",
            exists=True,
            dir_okay=False,
        ),
    ],
    mode: Annotated[Mode, typer.Option(help="How records arrive.")] = Mode.FILES,
    owner: Annotated[str, typer.Option(help="Team that answers for the data.")] = UNASSIGNED,
    skip: Annotated[
        list[str] | None, typer.Option(help="Column to leave out of silver; may be given again.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a contract that exists.")] = False,
    only_print: Annotated[bool, typer.Option("--print", help="Print the contract, write nothing.")] = False,
    keep: Keep = True,
    root: Root = None,
) -> None:
    """Draft a contract from a sample, under which every record of the sample is accepted.

    How the file is written, names, types, empty values, key, order, partitions and personal data are
    inferred, never stricter than the sample. No key is drafted that would drop a record of it. The sample is
    judged under the draft, and what would be rejected is told. What a person has to decide is marked `check:`
    in the file, and listed.

    The first 50 records are kept in the folder `samples` beside the contract, columns that look personal made
    up; `lake test` and `lake run` take them where no data are named.
    """
    from tools.lake.drafts.draft import make_draft  # noqa: PLC0415 (DuckDB is slow to import)
    from tools.lake.drafts.keeping import keep_sample  # noqa: PLC0415
    from tools.lake.drafts.report import print_draft  # noqa: PLC0415
    from tools.lake.drafts.text import contract_text  # noqa: PLC0415

    project, (domain, name) = project_root(root), _parts(dataset)
    where = f"{CONTRACTS}/{domain}/{name}{SUFFIX}"
    if not (force or only_print):
        check_new([where], project)
    make = partial(make_draft, sample, domain=domain, name=name, owner=owner, mode=mode, skip=skip or ())
    draft, lake, proof = _proven(make, project, where, sample)
    if only_print:
        typer.echo(contract_text(draft), nl=False)
        return
    _write(project / where, contract_text(draft))
    kept = keep_sample(draft, dataset_of(lake, draft.id), sample, project) if keep else None
    print_draft(console, draft, proof, where, kept.relative_to(project) if kept else None)


def _proven(
    make: "Callable[..., Draft]", project: Path, where: str, sample: Path
) -> "tuple[Draft, Lake, Proof | None]":
    """Draft until every value of the sample is one of its column's type; returns what came of it last.

    Raises:
        InvalidInputError: No contract can be drafted, or another one has faults.
    """
    from tools.lake.drafts.proof import prove  # noqa: PLC0415 (DuckDB is slow to import)
    from tools.lake.drafts.text import contract_text  # noqa: PLC0415

    as_text: frozenset[str] = frozenset()
    while True:
        draft = make(as_text=as_text)
        draft = replace(draft, part=_part(project, draft.id, draft.domain, draft.mode))
        lake = _check(project, where, contract_text(draft))
        proof = prove(draft, lake, sample)
        if proof is None or proof.unread <= as_text:
            return draft, lake, proof
        as_text |= proof.unread


def check_new(places: Iterable[str], project: Path) -> None:
    """Refuse to replace contracts.

    Raises:
        InvalidInputError: One is there already; holds a fault for each.
    """
    allowed, fix = "a file that is not there yet", "edit it, or replace it with --force"
    there = [where for where in places if (project / where).exists()]
    if there:
        raise InvalidInputError([Fault(where, "file", "a contract", allowed, fix) for where in there])


def _parts(dataset: str) -> tuple[str, str]:
    match = _ID.fullmatch(dataset)
    if match is None:
        raise typer.BadParameter(
            f"got {dataset!r}; allowed: DOMAIN/DATASET; fix: write it as in my_domain/my_dataset"
        )
    return match[1], match[2]


def _part(project: Path, id_: str, domain: str, mode: Mode) -> int:
    """Return the part that a dataset has, or the first one of its domain with room for it."""
    try:
        lake = load_lake(project)
    except InvalidInputError:  # told when the draft is checked among the other contracts
        return SHARED_PART
    parts = [each.part for each in lake.datasets if each.id == id_]
    return parts[0] if parts else next_part(lake, domain, mode)


def _check(project: Path, where: str, text: str) -> Lake:
    """Return the lake of the project as it would be with this contract.

    Raises:
        InvalidInputError: Something is wrong with it, or with another contract.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(project / CONTRACTS, Path(folder, CONTRACTS))
        _write(Path(folder, where), text)
        return load_lake(Path(folder), load_access(project))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
