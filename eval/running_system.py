"""Golden cases over HTTP, put to a system that ``answerable up`` started, with an API key for each kind of asker."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import UUID, uuid4

from pydantic import SecretStr

from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.database import Database
from answerable_sdk import AnswerableError, AskOptions, AsyncAnswerable
from bootstrap.demo import DATASET_NAME, TENANT_ID, pack_documents
from bootstrap.embedded.running_database import running_database
from bootstrap.embedded.state import read_running_state
from bootstrap.settings import Settings
from domain.identity.principal import KeyScope
from eval.golden import ASKERS, GoldenCase
from eval.replies import NoAuditError, Reply, Unanswered, reply_from
from workflows.ids import turn_workflow_id

_SCOPES: Final = (KeyScope.CHAT, KeyScope.AUDIT_READ)
_KEY_NAME: Final = "Golden cases"


class NotRunningError(Exception):
    """Nothing that can be asked runs there."""


class RunningTarget:
    """Implements GoldenTarget. ``ui`` is the address of the namespace in the Temporal UI, None when it will be gone."""

    has_tables = True

    def __init__(self, name: str, clients: Mapping[str, AsyncAnswerable], ui: str | None, tenant_id: UUID) -> None:
        self.name = name
        self._clients = clients
        self._ui = ui
        self._tenant_id = tenant_id

    async def ask(self, case: GoldenCase) -> Reply | Unanswered:
        """Every case is a session of its own."""
        client = self._clients[case.asker]
        choices = AskOptions()
        try:
            for message in case.conversation:
                choices["session_id"] = (await client.ask(message, idempotency_key=uuid4().hex, **choices)).session_id
            if case.pack_hint is not None:
                choices["pack_hint"] = case.pack_hint
            answer = await client.ask(case.question, idempotency_key=uuid4().hex, **choices)
            audit = await client.audit.get(answer.meta.trace_id)
            return reply_from(answer, answer.answer, audit.events, self._ui_of(answer.meta.trace_id))
        except (AnswerableError, NoAuditError) as error:
            return Unanswered(why=f"{type(error).__name__}: {error}")

    def _ui_of(self, trace_id: str) -> str | None:
        if self._ui is None:
            return None
        return f"{self._ui}/workflows/{quote(turn_workflow_id(self._tenant_id, trace_id), safe='')}"


@asynccontextmanager
async def running_target(settings: Settings, data_dir: Path, *, stays: bool) -> AsyncIterator[RunningTarget]:
    """The system that runs in ``data_dir``. ``stays``: it will still be there when the report is read.

    Its keys are made in its database and revoked at the end. Raises NotRunningError, also when it lacks documents that
    the cases are about: every miss would then be the ingest's.
    """
    state = read_running_state(data_dir)
    if state is None or state.api_url is None or state.api_key is None:
        raise NotRunningError(f"No system with an API and a development key runs in {data_dir}. Run `make up` first.")
    async with AsyncAnswerable(state.api_url, state.api_key.get_secret_value()) as client:
        if missing := await missing_documents(client):
            raise NotRunningError(
                f"{len(missing)} documents of packs are not in the index ({missing[0]}, …): start the system again."
            )
    url = running_database(settings, data_dir)
    ui = f"{state.ui_url}/namespaces/{state.namespace}" if stays and state.ui_url else None
    async with asker_clients(url, TENANT_ID, state.api_url) as clients:
        name = f"the running system at {state.api_url}" if stays else "a system of its own, over HTTP"
        yield RunningTarget(name, clients, ui, TENANT_ID)


async def missing_documents(client: AsyncAnswerable) -> list[str]:
    """The packs' own documents that no answer can come from, by their names."""
    wanted = {(document.pack_id, document.name) for document in pack_documents()}
    for dataset in await client.datasets.list():
        if dataset.name == DATASET_NAME:
            live = [one.name async for one in client.documents.all(dataset.dataset_id) if one.live is not None]
            wanted -= {(dataset.pack_id, name) for name in live}
    return sorted(name for _, name in wanted)


@asynccontextmanager
async def asker_clients(
    database_url: SecretStr, tenant_id: UUID, api_url: str
) -> AsyncIterator[Mapping[str, AsyncAnswerable]]:
    """A client for each kind of asker, by its name. The keys are revoked at the end."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(database_url.get_secret_value(), pool_size=2))
        keys = PostgresApiKeys(database)
        clients: dict[str, AsyncAnswerable] = {}
        for asker in ASKERS.values():
            issued = await keys.create(tenant_id, _KEY_NAME, scopes=_SCOPES, audience=asker.audience, roles=asker.roles)
            stack.push_async_callback(keys.revoke, tenant_id, issued.api_key_id)
            clients[asker.name] = await stack.enter_async_context(AsyncAnswerable(api_url, issued.plain_key))
        yield clients
