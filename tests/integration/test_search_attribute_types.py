"""A namespace whose search attributes were made with other types, by an earlier version or by somebody else."""

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from bootstrap.connections import TemporalConnection
from bootstrap.embedded.temporal import TemporalServer
from bootstrap.temporal_setup import prepare_namespace, typed_attributes

NAMESPACE = "mistyped"


async def test_attributes_of_another_type_stay_and_are_warned_about_with_the_commands(
    temporal_server: TemporalServer,
) -> None:
    client = await Client.connect(temporal_server.address, namespace=NAMESPACE)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=NAMESPACE, workflow_execution_retention_period=Duration(seconds=86_400))
    )
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=NAMESPACE, search_attributes={"Intent": keyword})
    )

    warnings = await prepare_namespace(TemporalConnection(address=temporal_server.address, namespace=NAMESPACE))

    assert len(warnings) == 1
    assert "search attributes Intent have another type" in warnings[0]
    assert f"search-attribute remove --yes --namespace {NAMESPACE} --name Intent" in warnings[0]
    assert f"search-attribute create --namespace {NAMESPACE} --name Intent --type KeywordList" in warnings[0]
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=NAMESPACE))
    assert dict(listed.custom_attributes) == typed_attributes(
        ["TenantId", "PackId", "Outcome", "Channel", "DocumentId", "IngestState"]
    ) | {"Intent": keyword}
