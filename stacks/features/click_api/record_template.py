"""Mapping templates of an API that puts records on a Kinesis stream, and tells what became of them.

What must not reach the stream is left out of the call, which Kinesis then refuses as invalid. Its refusal
names what was left out, which decides what the sender is told. A condition that API Gateway could not work
out would be false: then a record is put, and the job judges it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
"""

import json

STORED = "The record is stored."
NOT_STORED = "The record was not stored: send it again later."
NOT_TEXT = "A record is one JSON object in UTF-8."

RETRY_SECONDS = 1

_NOT_TEXT = r"(?s)(?!\s*\{).*|.*[\x00\uFFFD].*"
"""A body that does not begin as an object, or holds what is left of bytes that are not UTF-8.

API Gateway hands bodies to templates as strings in UTF-8:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
"""

_INVALID = "Validation"
"""How the name of a refusal begins if a call lacks a member, or one is beyond its limits: `ValidationError`
on the page, `ValidationException` in answers. No other error of Kinesis is named so.

https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
"""


def too_large(kibibytes: int) -> str:
    """Return what senders of larger records are told."""
    return f"A record has at most {kibibytes:,} KiB."


def put_record_template(stream: str, kibibytes: int) -> str:
    """Return the template that makes a call of Kinesis of a request's body, as one line.

    Args:
        stream: Name of the stream.
        kibibytes: Size of the largest record that is put; two bytes more may pass.
    """
    encoded = 4 * -(-kibibytes * 1024 // 3)  # base64 writes three bytes as four characters, and fills up
    return (
        r"#set($text = $input.body.replaceAll('[\r\n]+', ' '))"  # the language has no escapes
        "#set($data = $util.base64Encode($text))"
        f'{{"StreamName": "{stream}", '
        f'"Data": #if($data.length() > {encoded}) null #else "$data" #end, '
        f'"PartitionKey": #if($text.matches(\'{_NOT_TEXT}\')) null #else "$context.requestId" #end}}'
    )


def refusal_template(kibibytes: int) -> str:
    """Return the template that answers for a record that Kinesis did not take.

    `413` and `400` for what can never be stored, `503` for all else. Status and header are set as in
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """
    status = "#set($context.responseOverride.status = {})"
    return (
        f"#if($input.json('$.__type').contains('{_INVALID}'))"
        "#if($input.json('$.message').contains('partitionKey'))"
        f"{status.format(400)}{_message(NOT_TEXT)}"
        f"#else {status.format(413)}{_message(too_large(kibibytes))}#end"
        f"#else #set($context.responseOverride.header.Retry-After = '{RETRY_SECONDS}')"
        f"{_message(NOT_STORED)}#end"
    )


def _message(text: str) -> str:
    return json.dumps({"message": text})
