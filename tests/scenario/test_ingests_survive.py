"""Whatever is killed while documents are on their way: each ends, one version of it answers, nothing is left over."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest

from answerable_sdk import Answerable, Ingest
from bootstrap.embedded.processes import ManagedProcess
from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack
from tests.scenario.conftest import KeyDesk, Tenant

STEPS = (
    "register_version",
    "acquire_document",
    "parse_document",
    "chunk_document",
    "embed_spans",
    "publish_version",
    "remove_temporary_artifacts",
)
PUMPS = "amber bronze copper denim ebony flint garnet hazel indigo jade khaki lilac maroon navy olive pearl".split()


def guide(pump: str, revision: int, sections: int = 1) -> bytes:
    """A guide that only its own question finds; its first step names the revision."""
    steps = f"1. Turn the {pump} dial to mark {revision}.\n2. Wait until the {pump} lamp is lit.\n"
    head = f"# Calibrate the {pump} pump\n\nHow to calibrate the {pump} pump.\n\n{steps}"
    filler = "".join(
        f"\n## Drawing {number}\n\nThe drawing {number} shows valve {number * 7} and its seat.\n" * 8
        for number in range(1, sections)
    )
    return (head + filler).encode()


@dataclass
class Library:
    """One tenant's documents, uploaded in the background as many clients would."""

    client: Answerable
    tenant: Tenant
    pool: ThreadPoolExecutor
    uploaded: dict[str, list[Future[Ingest]]] = field(default_factory=dict)
    revisions: Iterator[int] = field(default_factory=lambda: count(1))

    def upload(self, pumps: Sequence[str], sections: int = 1) -> None:
        """Send one more revision of each pump's guide and follow its ingest to the end."""
        for pump in pumps:
            content = guide(pump, next(self.revisions), sections)
            self.uploaded.setdefault(pump, []).append(self.pool.submit(self._ingested, f"{pump}.md", content))

    def _ingested(self, name: str, content: bytes) -> Ingest:
        accepted = self.client.documents.upload(self.tenant.dataset_id, content, name=name)
        return self.client.ingests.wait(accepted.ingest_id, timeout=90)

    def some_run(self) -> bool:
        """Whether a step has begun for some documents and not yet ended."""
        running = self.client.ingests.list(state="running")
        return len(running.items) >= 2

    def assert_whole(self) -> None:
        """Every upload ended explained, one version of each document answers, and a sweep finds nothing."""
        for pump, uploads in self.uploaded.items():
            ended = [upload.result(timeout=100) for upload in uploads]
            assert [one for one in ended if one.state not in ("succeeded", "superseded")] == []
            self._assert_one_answers(pump)
        sweep = self.client.sweeps.run(older_than_seconds=0)
        assert (sweep.state, sweep.left_over) == ("finished", ())
        assert sweep.checked["documents"] == len(self.uploaded)

    def _assert_one_answers(self, pump: str) -> None:
        versions = [one for one in self.client.ingests.all() if one.name == f"{pump}.md"]
        (live,) = [one for one in versions if one.is_live]
        assert live.version == max(one.version for one in versions)
        answer = self.client.ask(f"How do I calibrate the {pump} pump?", timeout=60)
        assert answer.citations[0].title == f"Calibrate the {pump} pump"
        assert f"Turn the {pump} dial to mark" in answer.answer


@pytest.fixture
def library(stack: Stack, key_desk: KeyDesk) -> Iterator[Library]:
    """A fresh tenant; the stack is whole again after the test whatever was killed."""
    tenant = key_desk.new_tenant()
    with ThreadPoolExecutor(16) as pool:
        try:
            yield Library(stack.client(tenant.api_key), tenant, pool)
        finally:
            for server in (stack.postgres, stack.temporal, stack.object_store, *stack.processes()):
                if not server.is_running:
                    server.start()


@contextmanager
def dying_workers(stack: Stack, side: str) -> Iterator[list[ManagedProcess]]:
    """In place of the ingest worker, one for each step that kills itself there."""
    stack.ingest_worker.stop()
    dying: list[ManagedProcess] = [stack.worker_that_dies("ingest", step, side) for step in STEPS]
    try:
        for worker in dying:
            worker.launch()
        for worker in dying:
            worker.wait_ready()
        yield dying
    finally:
        for worker in dying:
            worker.stop()


@pytest.mark.parametrize("side", ["before", "after"])
def test_documents_end_once_when_workers_are_killed_at_every_step(stack: Stack, library: Library, side: str) -> None:
    with dying_workers(stack, side) as dying:
        for pump in PUMPS:
            library.upload([pump])
        # Whoever is left takes the steps that the others died of, until it comes to its own.
        eventually(lambda: not any(worker.is_running for worker in dying), "every worker killed itself", seconds=60)
        stack.ingest_worker.start()
    library.assert_whole()


@pytest.mark.parametrize("victim", ["postgres", "object_store", "temporal", "api"])
def test_documents_end_once_when_a_server_is_killed(stack: Stack, library: Library, victim: str) -> None:
    server: ManagedProcess = getattr(stack, victim)
    library.upload(PUMPS[:5], sections=150)
    eventually(library.some_run, "documents are on their way")
    library.upload(PUMPS[3:6])
    server.kill()
    library.upload(PUMPS[5:7])
    server.start()
    library.assert_whole()
