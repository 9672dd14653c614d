"""The reference page of the API, made from its OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markdown_text import anchor, paragraphs, table

from caseclock.desk.api.routes import document
from caseclock.desk.api.tokens import SCOPES

_FROM_HERE = "#/components/schemas/"


def api_page(generated: str) -> str:
    """Make the page; `generated` is the line that says so."""
    said = document()
    parts = [
        "# API",
        generated,
        said["info"]["description"].partition("\n\nScopes:")[0],
        "The same as an OpenAPI document, for programs: `GET /api/v1/openapi.json`, which needs no token.",
        "## Scopes",
        table(("scope", "lets a token"), ((f"`{scope.value}`", words) for scope, words in SCOPES.items())),
        "## Operations",
    ]
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            parts += _operation(method.upper(), path, operation)
    parts.append("## Shapes")
    for name, shape in sorted(said["components"]["schemas"].items()):
        parts += _shape(name, shape)
    return paragraphs(parts)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}"
    yield operation["description"]
    rows = [
        (
            f"`{one['name']}`",
            one["in"],
            "yes" if one.get("required") else "",
            _cell(one.get("description") or one["schema"].get("description", "")),
        )
        for one in operation.get("parameters", [])
    ]
    if rows:
        yield table(("parameter", "in", "required", "means"), rows)
    body = operation.get("requestBody")
    if body is not None:
        yield f"Takes: {body['description']}"
        for example in body["content"]["application/json"]["examples"].values():
            yield f"{example['summary']}:"
            yield f"```json\n{json.dumps(example['value'], indent=1)}\n```"
    yield table(
        ("status", "gives", "when"),
        (
            (status, _gives(answer), _cell(answer["description"]))
            for status, answer in sorted(operation["responses"].items())
        ),
    )


def _gives(answer: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        return _named(content["schema"])
    return "nothing"


def _shape(name: str, shape: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    if shape.get("description"):
        yield _cell(shape["description"])
    if "enum" in shape:
        yield "One of " + ", ".join(f"`{value}`" for value in shape["enum"]) + "."
        return
    required = set(shape.get("required", []))
    yield table(
        ("field", "holds", "always", "means"),
        (
            (f"`{field}`", _named(one), "yes" if field in required else "", _cell(one.get("description", "")))
            for field, one in shape["properties"].items()
        ),
    )
    for example in shape.get("examples", []):
        yield f"```json\n{json.dumps(example, indent=1, ensure_ascii=False)}\n```"


def _named(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_FROM_HERE)
        return f"[{name}](#{anchor(name)})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_named(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_named(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
