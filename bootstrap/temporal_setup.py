"""What a Temporal namespace needs before the workers poll: search attributes and a 90-day retention.

The same for an embedded and an external server. Temporal Cloud and guarded clusters refuse these calls; an
administrator then does it once by hand, and the warnings here say exactly what.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bootstrap.connections import TemporalConnection
from bootstrap.temporal_client import connect_temporal
from domain.audit.search_attributes import SEARCH_ATTRIBUTES

RETENTION = timedelta(days=90)
_CALL_TIMEOUT = timedelta(seconds=10)
_TYPES: Final[Mapping[str, IndexedValueType.ValueType]] = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
}
_BY_HAND = "Ask its administrator to run:"


async def prepare_namespace(connection: TemporalConnection) -> list[str]:
    """Set retention and search attributes where they are missing; safe to repeat.

    Returns one warning for each thing that the server refused, with the command that does it by hand.
    Raises WorkflowServiceUnavailableError when the server cannot be reached.
    """
    client = await connect_temporal(connection)
    return [*await _register_search_attributes(client), *await _extend_retention(client)]


async def _register_search_attributes(client: Client) -> list[str]:
    try:
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace), timeout=_CALL_TIMEOUT
        )
        found = listed.custom_attributes
        missing = typed_attributes(name for name in SEARCH_ATTRIBUTES if name not in found)
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing), timeout=_CALL_TIMEOUT
            )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            return []
        refusal = f"Temporal refused the search attributes ({error.status.name}); without them no workflow starts."
        return [f"{refusal} {_BY_HAND} {_creation(client, SEARCH_ATTRIBUTES)}"]
    mistyped = [name for name, kind in typed_attributes(SEARCH_ATTRIBUTES).items() if found.get(name, kind) != kind]
    return [_retyping(client, mistyped)] if mistyped else []


def typed_attributes(names: Iterable[str]) -> dict[str, IndexedValueType.ValueType]:
    """Some of the search attributes with their types, as Temporal's API wants them."""
    return {name: _TYPES[SEARCH_ATTRIBUTES[name]] for name in names}


def _creation(client: Client, names: Iterable[str]) -> str:
    each = " ".join(f"--name {name} --type {SEARCH_ATTRIBUTES[name]}" for name in names)
    return f"temporal operator search-attribute create --namespace {client.namespace} {each}"


def _retyping(client: Client, names: list[str]) -> str:
    each = " ".join(f"--name {name}" for name in names)
    removal = f"temporal operator search-attribute remove --yes --namespace {client.namespace} {each}"
    return (
        f"The search attributes {', '.join(names)} have another type in this namespace; without them no turn ends. "
        f"If nothing else uses them, run: {removal} && {_creation(client, names)}"
    )


async def _extend_retention(client: Client) -> list[str]:
    wanted = int(RETENTION.total_seconds())
    try:
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace), timeout=_CALL_TIMEOUT
        )
        # A longer retention is somebody's decision; only a shorter one would lose the audit.
        if described.config.workflow_execution_retention_ttl.seconds < wanted:
            config = NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=wanted))
            await client.workflow_service.update_namespace(
                UpdateNamespaceRequest(namespace=client.namespace, config=config), timeout=_CALL_TIMEOUT
            )
    except RPCError as error:
        hours = wanted // 3600
        command = f"temporal operator namespace update --namespace {client.namespace} --retention {hours}h"
        refusal = f"Temporal refused a retention of {RETENTION.days} days ({error.status.name}); the audit ends sooner."
        return [f"{refusal} {_BY_HAND} {command}"]
    return []
