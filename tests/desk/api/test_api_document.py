"""The OpenAPI document says all there is to say, and its examples are what the API takes and gives."""

from typing import Any

import pytest
from fuzz_api import main as fuzz
from pydantic import BaseModel

from caseclock.desk.api import examples, shapes
from caseclock.desk.api.declaring import ALWAYS
from caseclock.desk.api.routes import document
from caseclock.timers.when import When
from caseclock.workflow.event_lines import parse_line

SHAPES = [
    shape
    for shape in vars(shapes).values()
    if isinstance(shape, type) and issubclass(shape, BaseModel) and shape is not BaseModel
]


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.__name__))
def test_every_example_has_the_shape_it_is_an_example_of(shape: type[BaseModel]) -> None:
    for example in shape.model_json_schema().get("examples", []):
        assert isinstance(shape.model_validate(example), shape)


def test_the_example_of_an_event_can_be_recorded() -> None:
    at = When.parse("2026-05-20T09:30:00Z").latest()

    assert "C-1042" == parse_line(examples.EVENT, at=at, authority="anywhere").case_id


def test_every_operation_documents_each_answer_it_can_have() -> None:
    for path, method, operation in operations():
        answers = {int(status) for status in operation["responses"]}
        assert set(ALWAYS) <= answers, path
        assert {200} <= answers, path
        assert ("{" in path) <= (404 in answers), path
        assert (method == "get") == (304 in answers), path
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert ["application/problem+json"] == list(answer["content"]), (path, status)


def test_every_operation_says_what_it_does_and_asks_for_a_token() -> None:
    for path, _, operation in operations():
        assert operation["description"].endswith("."), path
        assert [{"token": []}] == operation["security"], path
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (path, parameter["name"])
    assert "http" == document()["components"]["securitySchemes"]["token"]["type"]


def test_no_operation_takes_what_it_does_not_know() -> None:
    """A misspelt filter would otherwise give everything."""
    names = {
        name
        for _, _, operation in operations()
        for name in (p["name"] for p in operation.get("parameters", []))
    }

    assert "colour" not in names
    assert {"as_at", "known_at", "cursor", "limit", "If-None-Match"} <= names


@pytest.mark.slow
def test_answers_hold_to_the_document_whatever_is_sent() -> None:
    """A short run of what tools/fuzz_api.py does at length; it prints what failed."""
    assert 0 == fuzz(["--examples=8", "--phases=examples,fuzzing"])
