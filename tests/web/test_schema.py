"""The API keeps what its description promises, whatever it is asked: schemathesis makes the questions."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def document(filled, basic) -> dict:
    return filled.client.get("/api/v1/openapi.json", headers=basic).json()


def test_every_route_of_the_api_is_described(document) -> None:
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) == 10
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "basic")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            assert {"200", "401", "429"} <= set(operation["responses"]), (method, path)
            assert all("content" in answer for answer in operation["responses"].values()), (method, path)
            assert operation["security"] == [{"basic": []}], (method, path)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good questions", "bad questions"])
def test_it_answers_as_it_is_described(document, filled, basic, mode: GenerationMode) -> None:
    api = schemathesis.openapi.from_dict(document)
    answered: dict[str, set[int]] = {}

    def ask(case) -> None:
        answer = filled.client.request(
            case.method, case.formatted_path, params=case.query, headers=basic, follow_redirects=False
        )
        answered.setdefault(case.operation.path, set()).add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    asking = settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for path, methods in document["paths"].items():
        for method in methods:
            operation = api[path][method.upper()]
            if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters:
                asking(given(case=operation.as_strategy(generation_mode=mode))(ask))()
    assert len(answered) == (10 if mode is GenerationMode.POSITIVE else 8)
    assert set().union(*answered.values()) >= ({200, 404} if mode is GenerationMode.POSITIVE else {422})
