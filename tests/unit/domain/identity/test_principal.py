"""What a principal may do and see."""

from uuid import UUID

import pytest

from domain.identity.errors import PermissionDeniedError
from domain.identity.principal import KeyScope, Principal


def principal(*scopes: KeyScope) -> Principal:
    return Principal(tenant_id=UUID(int=1), kind="api_key", id="k", name="k", scopes=scopes)


def test_a_held_scope_is_enough() -> None:
    principal(KeyScope.CHAT).require(KeyScope.CHAT)


@pytest.mark.parametrize("scope", list(KeyScope))
def test_an_administrator_holds_every_scope(scope: KeyScope) -> None:
    principal(KeyScope.ADMIN).require(scope)


@pytest.mark.parametrize("scope", list(KeyScope))
def test_a_missing_scope_is_refused_and_named(scope: KeyScope) -> None:
    held = [other for other in KeyScope if other not in (scope, KeyScope.ADMIN)]
    with pytest.raises(PermissionDeniedError) as refusal:
        principal(*held).require(scope)
    assert refusal.value.details == {"required_scope": scope.value}


def test_staff_see_internal_and_external_documents() -> None:
    assert set(principal().model_copy(update={"audience": "internal"}).visibilities) == {"internal", "external"}


def test_everybody_else_sees_external_documents_only() -> None:
    assert principal().visibilities == ("external",)
