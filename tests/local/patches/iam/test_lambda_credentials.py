import hashlib
import io
import json
import zipfile
from collections.abc import Callable

from botocore.credentials import Credentials

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.wire import FORM, code, send_signed

WHO = """
import os, boto3

def handler(event, context):
    return [boto3.client("sts").get_caller_identity()["Arn"], os.environ["AWS_ACCESS_KEY_ID"]]
"""
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"


def test_credentials_of_a_functions_role_work_and_cannot_be_computed_from_names(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str]
) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("index.py", WHO)
    functions, role = embedded_aws.client("lambda"), make_role("guessed", "lambda.amazonaws.com")
    arn = functions.create_function(
        FunctionName="guessed",
        Runtime="python3.11",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": zipped.getvalue()},
        Timeout=30,
    )["FunctionArn"]
    who, key = json.load(functions.invoke(FunctionName="guessed")["Payload"])
    assert who == f"arn:aws:sts::{embedded_aws.account}:assumed-role/guessed/guessed"

    digest = hashlib.sha256(f"{arn}:{role}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{part}:{digest}".encode()).hexdigest() for part in ("secret", "token"))
    for access_key in (f"ASIA{digest[:16].upper()}", key):
        guessed = Credentials(access_key, secret, token)
        answer = send_signed(embedded_aws, guessed, "sts", "POST", "/", headers=FORM, body=IDENTITY)
        assert code(answer) == "InvalidClientTokenId"
