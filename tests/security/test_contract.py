"""Requests that schemathesis draws from the OpenAPI document, valid and invalid, with and without a key, on the real
system: no 5xx, and every response is one that the document describes.

Seeded. `make test ARGS="-k contract --contract-examples 500"` tries more, `--contract-seed 7` others.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fixtures.key_desk import KeyDesk
from tests.fixtures.stack import Stack
from tests.security.conftest import House, furnish
from tests.security.operations import DOCUMENT, OPERATIONS, Operation

_DOCUMENTED = [operation for operation in OPERATIONS if operation.path in DOCUMENT["paths"]]
_SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def house(stack: Stack, key_desk: KeyDesk) -> House:
    """A tenant whose data may be deleted and swept by what is drawn."""
    return furnish(stack, key_desk.new_tenant())


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("operation", _DOCUMENTED, ids=str)
def test_every_response_is_a_documented_one(
    stack: Stack, house: House, pytestconfig: pytest.Config, operation: Operation, mode: GenerationMode
) -> None:
    described = _SCHEMA[operation.path][operation.method]
    if mode is GenerationMode.NEGATIVE and not (operation.parameters or operation.body):
        pytest.skip("nothing in it can be invalid")
    checks = _CHECKS if mode is GenerationMode.POSITIVE else [*_CHECKS, negative_data_rejection]

    @seed(pytestconfig.getoption("--contract-seed"))
    @settings(
        max_examples=pytestconfig.getoption("--contract-examples"),
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn=described.as_strategy(generation_mode=mode), finds=st.booleans(), has_key=st.integers(0, 9))
    def ask(drawn: Case[Any], finds: bool, has_key: int) -> None:
        if finds and mode is GenerationMode.POSITIVE:
            drawn.path_parameters |= {name: house.ids[name] for name in drawn.path_parameters}
        headers = {"Authorization": f"Bearer {house.tenant.api_key}"} if has_key else {}
        response = drawn.call(base_url=stack.api_url, headers=headers)
        if not has_key and operation.is_secured:
            assert response.status_code == 401
        drawn.validate_response(response, checks=checks)

    ask()
