"""Intrinsic functions of CloudFormation, put as the literal texts that they will be.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
What only AWS knows, such as the id of an API, stays a text in angle brackets.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from tools.assembly import names
from tools.assembly.folder import Stack


class Values:
    """Literal values of the templates of stacks that are deployed together."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        """Take the stacks, which refer to one another by outputs and exports."""
        self.stacks = stacks
        self._properties: dict[tuple[str, str], Mapping[str, Any]] = {}

    def properties(self, stack: Stack, logical_id: str) -> Mapping[str, Any]:
        """Return the properties of a resource, all literal."""
        key = (stack.id, logical_id)
        if key not in self._properties:
            self._properties[key] = {}  # a resource that refers to itself does so by its name alone
            raw = stack.resources[logical_id].get("Properties", {})
            self._properties[key] = self.literal(stack, raw)
        return self._properties[key]

    def literal(self, stack: Stack, value: Any) -> Any:
        """Return a value of a template with every intrinsic function evaluated."""
        if isinstance(value, list):
            items = [self.literal(stack, each) for each in value]
            return [each for each in items if each is not _NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            function = self._functions.get(name)
            if function is not None:
                return function(stack, argument)
        found = {key: self.literal(stack, inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not _NOTHING}

    @cached_property
    def _functions(self) -> Mapping[str, Callable[[Stack, Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda stack, of: str(of[0]).join(str(each) for each in self.literal(stack, of[1])),
            "Fn::Split": lambda stack, of: str(self.literal(stack, of[1])).split(of[0]),
            "Fn::Select": self._select,
            "Fn::If": self._if,
            "Fn::FindInMap": self._in_map,
            "Fn::GetStackOutput": self._output,
            "Fn::ImportValue": self._import,
            "Fn::ToJsonString": lambda stack, of: json.dumps(self.literal(stack, of)),
            "Fn::Base64": self.literal,
            "Fn::GetAZs": lambda stack, _: [f"{stack.region}{zone}" for zone in "abc"],
        }

    def _ref(self, stack: Stack, name: str) -> Any:
        if name.startswith("AWS::"):
            return self._pseudo(stack, name)
        if name in stack.resources:
            kind = stack.resources[name]["Type"]
            return names.reference(stack, name, kind, self._naming(stack, name))
        default = stack.template.get("Parameters", {}).get(name, {}).get("Default")
        return f"<{stack.id}.{name}>" if default is None else default

    @staticmethod
    def _pseudo(stack: Stack, name: str) -> Any:
        suffix = "amazonaws.com.cn" if stack.partition == "aws-cn" else "amazonaws.com"
        stack_id = (
            f"arn:{stack.partition}:cloudformation:{stack.region}:{stack.account}:stack/{stack.name}/id"
        )
        return {
            "AWS::AccountId": stack.account,
            "AWS::Partition": stack.partition,
            "AWS::Region": stack.region,
            "AWS::StackId": stack_id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": suffix,
            "AWS::NoValue": _NOTHING,
        }.get(name, f"<{name}>")

    def _attribute(self, stack: Stack, argument: Any) -> str:
        logical_id, _, name = (
            argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        )
        if logical_id not in stack.resources:
            return f"<{stack.id}.{logical_id}.{name}>"
        kind = stack.resources[logical_id]["Type"]
        return names.attribute(stack, logical_id, kind, self._naming(stack, logical_id), str(name))

    def _naming(self, stack: Stack, logical_id: str) -> Mapping[str, Any]:
        """The properties that name a resource, without those that may lead back to it."""
        raw = stack.resources[logical_id].get("Properties", {})
        wanted = {key: raw[key] for key in raw if key in _NAMING}
        found: Mapping[str, Any] = self.literal(stack, wanted)
        return found

    def _sub(self, stack: Stack, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def put(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return str(self.literal(stack, given[name]))
            return str(self._attribute(stack, name) if "." in name else self._ref(stack, name))

        return re.sub(r"\$\{([^}]+)\}", put, text)

    def _select(self, stack: Stack, argument: Any) -> Any:
        index, among = (self.literal(stack, each) for each in argument)
        # A list is shorter than it will be where it is made of a text that only AWS knows.
        return dict(enumerate(among)).get(int(index), f"<{among}[{index}]>")

    def _if(self, stack: Stack, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.literal(stack, then if self._holds(stack, {"Condition": condition}) else otherwise)

    def _holds(self, stack: Stack, condition: Mapping[str, Any]) -> bool:
        [(name, of)] = condition.items()
        if name == "Condition":
            return self._holds(stack, stack.template.get("Conditions", {})[of])
        if name == "Fn::Equals":
            return bool(self.literal(stack, of[0]) == self.literal(stack, of[1]))
        found = [self._holds(stack, each) for each in of]
        return {"Fn::Not": not found[0], "Fn::And": all(found), "Fn::Or": any(found)}[name]

    def _in_map(self, stack: Stack, argument: Any) -> Any:
        table, first, second = (self.literal(stack, each) for each in argument[:3])
        return stack.template.get("Mappings", {}).get(table, {}).get(first, {}).get(second)

    def _output(self, stack: Stack, argument: Mapping[str, Any]) -> Any:
        """What another stack puts out, without an export.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
        """
        name, output = (self.literal(stack, argument[key]) for key in ("StackName", "OutputName"))
        for other in self.stacks:
            found = other.template.get("Outputs", {}).get(output)
            if other.name == name and found is not None:
                return self.literal(other, found["Value"])
        return f"<{name}.{output}>"

    def _import(self, stack: Stack, argument: Any) -> Any:
        name = self.literal(stack, argument)
        for other in self.stacks:
            for output in other.template.get("Outputs", {}).values():
                if self.literal(other, output.get("Export", {}).get("Name")) == name:
                    return self.literal(other, output["Value"])
        return f"<{name}>"


_NOTHING = object()
"""What `AWS::NoValue` is: the property is not there."""

_NAMING = {
    "Name", "Path", "GroupName", "EventBusName", "DatabaseInput", "TableInput", *names.NAMES.values(),
}  # fmt: skip
