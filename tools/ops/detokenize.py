"""`lake-ops detokenize`: what tokens stand for, told to those who may know."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from lakehouse_etl.judge.fields.tokens import TokenError, Tokens

from config.load import load_settings
from tools.cli.project import AsJson, Root, project_root
from tools.ops.target import Env, OperationError, acting, open_account


@acting
def detokenize(
    tokens: Annotated[
        list[str] | None, typer.Argument(help="Tokens; without any, those of standard input, one a line.")
    ] = None,
    env: Env = "dev",
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Read back what columns under `lake.masking: tokenize` hold.

    Run it under the role `<project>-<env>-detokenizer`, which `people.detokenizers` may assume and which
    reads the token key; nobody else who is no job does. CloudTrail notes who read the key and when, not which
    tokens. If one of them is no token of the environment, or was changed, none is told.
    """
    given = tokens or sys.stdin.read().split()
    settings = load_settings(env, project_root(root))
    secrets = open_account(settings).client("secretsmanager")
    key = secrets.get_secret_value(SecretId=settings.naming.token_secret)["SecretString"]
    texts = _texts(Tokens(key.encode()), given)
    if as_json:
        typer.echo(json.dumps(dict(zip(given, texts, strict=True)), ensure_ascii=False))
    else:
        for text in texts:
            typer.echo(text)


def _texts(tokens: Tokens, given: Sequence[str]) -> list[str]:
    texts, faults = [], []
    for number, token in enumerate(given, 1):
        try:
            texts.append(tokens.text(token))
        except TokenError as error:
            faults.append(f"token {number}: {error}")
    if faults:
        raise OperationError(
            f"{'; '.join(faults)}; fix: give tokens as silver holds them, of the environment that --env names"
        )
    return texts
