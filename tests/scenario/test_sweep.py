"""Sweeps over HTTP and on the command line, on the real system."""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner, Result

from answerable_sdk import Answerable, PermissionDeniedError
from bootstrap.wiring.clients import open_object_store
from cli.main import app
from domain.identity.principal import KeyScope
from tests.fixtures.stack import Stack
from tests.scenario.conftest import KeyDesk, Tenant

GUIDE = b"# Rotate an API key\n\n1. Open Settings.\n2. Press Rotate.\n"


@pytest.fixture
def tenant(key_desk: KeyDesk) -> Tenant:
    return key_desk.new_tenant()


@pytest.fixture
def client(stack: Stack, tenant: Tenant) -> Answerable:
    return stack.client(tenant.api_key)


@pytest.fixture
def admin(stack: Stack, tenant: Tenant) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as http:
        yield http


def leave_behind(stack: Stack, tenant: Tenant) -> str:
    """Bytes of an upload that never came to its workflow."""
    key = f"{tenant.tenant_id}/{uuid4().hex * 2}/source"
    asyncio.run(open_object_store(stack.settings).put(key, b"left behind"))
    return key


def run_sweep(stack: Stack, tenant: Tenant, *options: str) -> Result:
    environment = {"ANSWERABLE_URL": stack.api_url, "ANSWERABLE_API_KEY": tenant.api_key, "COLUMNS": "200"}
    return CliRunner().invoke(app, ["sweep", "--older-than", "0", *options], env=environment)


def test_the_command_fails_until_what_is_left_over_is_removed(stack: Stack, tenant: Tenant) -> None:
    key = leave_behind(stack, tenant)
    reported = run_sweep(stack, tenant)
    assert (reported.exit_code, key in reported.stdout) == (1, True)
    removed = run_sweep(stack, tenant, "--remove", "--json")
    assert removed.exit_code == 0
    (one,) = json.loads(removed.stdout)["left_over"]
    assert one == {"kind": "source_artifact", "id": key, "reason": "no version names it", "removed": True}
    assert "Nothing is left over" in run_sweep(stack, tenant).stdout


def test_what_is_left_over_of_another_tenant_is_not_seen(stack: Stack, client: Answerable, stranger: Tenant) -> None:
    leave_behind(stack, stranger)
    assert client.sweeps.run(remove=True, older_than_seconds=0).found == 0
    assert stack.client(stranger.api_key).sweeps.run(remove=True, older_than_seconds=0).removed == 1


def test_an_upload_makes_bytes_young_again_that_lay_there_unnamed(
    stack: Stack, tenant: Tenant, client: Answerable
) -> None:
    key = f"{tenant.tenant_id}/{hashlib.sha256(GUIDE).hexdigest()}/source"
    asyncio.run(open_object_store(stack.settings).put(key, GUIDE))
    stored = stack.object_store.directory / "answerable" / key
    os.utime(stored, (0, 0))
    assert client.documents.upload(tenant.dataset_id, GUIDE, name="keys.md", wait=True).succeeded
    assert stored.stat().st_mtime > 0


def test_a_repeated_request_finds_its_own_sweep(stack: Stack, tenant: Tenant, client: Answerable) -> None:
    leave_behind(stack, tenant)
    first = client.sweeps.run(remove=True, older_than_seconds=0, idempotency_key="once")
    assert client.sweeps.run(remove=True, older_than_seconds=0, idempotency_key="once") == first
    assert client.sweeps.run(older_than_seconds=0, idempotency_key="again").found == 0


def test_one_sweep_of_a_tenant_runs_at_a_time(stack: Stack, admin: httpx.Client) -> None:
    assert admin.get("/v1/admin/sweep").status_code == 404
    stack.ingest_worker.stop()
    try:
        assert admin.post("/v1/admin/sweep", json={}).status_code == 202
        assert admin.get("/v1/admin/sweep").json()["state"] == "running"
        refused = admin.post("/v1/admin/sweep", json={"remove": True})
        assert (refused.status_code, refused.json()["code"]) == (409, "already_running")
    finally:
        stack.ingest_worker.start()


def test_only_administrators_may_sweep(stack: Stack, key_desk: KeyDesk) -> None:
    ordinary = key_desk.issue(scopes=(KeyScope.KNOWLEDGE_READ, KeyScope.KNOWLEDGE_WRITE))
    with pytest.raises(PermissionDeniedError):
        stack.client(ordinary).sweeps.run(remove=True)


def test_an_unknown_field_is_refused(admin: httpx.Client) -> None:
    refused = admin.post("/v1/admin/sweep", json={"removes": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
