"""Packs that are not part of the checkout: one from a wheel, one from the generator, on real processes [T3, T5]."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.postgres.migrations import upgrade
from answerable_sdk import Answerable
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.postgres import PostgresServer
from bootstrap.temporal_setup import prepare_namespace
from cli.new_pack import new_pack
from tests.architecture.sources import ROOT
from tests.fixtures.database import new_database
from tests.fixtures.key_desk import KeyDesk
from tests.fixtures.processes import eventually
from tests.fixtures.servers import new_temporal, open_directory
from tests.fixtures.stack import Stack

OPEN = "How do I open the vault?"
LOCKED = "How many locked boxes are there?"
OPENED = "How many opened boxes are there?"
ACCESS = "Which packs and tools may I use?"


def pip(*arguments: str) -> None:
    """Run pip without a registry and without the settings of this machine."""
    command = [sys.executable, "-m", "pip", *arguments, "--isolated", "--no-index", "--no-deps", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack installed from its wheel, and beside it a folder of packs with a generated one."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "tests" / "fixtures" / "vault_pack", source / "vault_pack")
    pip("wheel", str(source / "vault_pack"), "--no-build-isolation", "--wheel-dir", str(source))
    site = tmp_path_factory.mktemp("site")
    (wheel,) = source.glob("*.whl")
    pip("install", str(wheel), "--target", str(site))
    (site / "packs").mkdir()
    (site / "packs" / "__init__.py").touch()
    new_pack("mypack", "My Pack", site)
    return site


@pytest.fixture(scope="module")
def stack(
    site: Path,
    postgres_server: PostgresServer,
    object_store_server: ObjectStoreServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """Processes that see those packs, on a database and a Temporal of their own: the demo's must not change."""
    with open_directory() as directory:
        temporal, urls = new_temporal(directory), new_database(postgres_server)
        upgrade(urls.owner)
        running = None
        try:
            temporal.start()
            assert asyncio.run(prepare_namespace(temporal.connection)) == []
            folder = tmp_path_factory.mktemp("stack")
            running = Stack(postgres_server, temporal, object_store_server, urls, folder, more_packages=site)
            running.start()
            yield running
        finally:
            if running is not None:
                running.stop()
            temporal.stop()


@pytest.fixture(scope="module")
def desk(stack: Stack, site: Path) -> KeyDesk:
    """Keys of the demo tenant, whose bot knows the documents of both packs."""
    desk = KeyDesk(stack)
    for pack_id, folder in (("vault", site / "vault_pack"), ("mypack", site / "packs" / "mypack")):
        dataset_id = desk.new_dataset(pack_id)
        for path in sorted((folder / "howto").glob("*.md")):
            upload = stack.client().documents.upload(dataset_id, path, name=path.name, visibility="external", wait=True)
            assert upload.state == "succeeded"
    return desk


def holder(stack: Stack, desk: KeyDesk, *roles: str) -> Answerable:
    return stack.client(desk.issue(roles=roles))


def test_an_installed_wheel_is_a_pack_of_the_interpreter_that_sees_it(site: Path) -> None:
    program = (
        "from adapters.packs.catalog import InstalledPacks\n"
        "packs = InstalledPacks().installed()\n"
        "print(*(f'{one.pack.id}:{len(one.documents())}:{len(one.tools())}' for one in packs))"
    )

    def seen(*path: Path) -> set[str]:
        python_path = os.pathsep.join(str(one) for one in (ROOT, ROOT / "sdk", *path))
        environment = {**os.environ, "PYTHONPATH": python_path}
        done = subprocess.run(
            [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True, env=environment
        )
        return set(done.stdout.split())

    assert seen(site) - seen() == {"vault:1:2"}


def test_packs_are_listed_for_those_who_may_use_them(stack: Stack, desk: KeyDesk) -> None:
    listed = {roles: {pack.pack_id for pack in holder(stack, desk, *roles).packs.list()} for roles in ((), ("keeper",))}

    assert listed == {(): {"mypack"}, ("keeper",): {"mypack", "vault"}}


def test_a_pack_answers_those_who_hold_its_role_and_is_nothing_to_others(stack: Stack, desk: KeyDesk) -> None:
    keeper = holder(stack, desk, "keeper").ask(OPEN)
    other = holder(stack, desk, "Keeper", "developer").ask(OPEN)

    assert "Turn both brass keys at the same moment" in keeper.answer
    assert keeper.citations[0].title == "Open the vault"
    assert "vault" in keeper.meta.packs_used
    assert "brass" not in other.answer
    assert "Open the vault" not in {citation.title for citation in other.citations}
    assert "vault" not in other.meta.packs_used


def test_a_hint_opens_no_pack(stack: Stack, desk: KeyDesk) -> None:
    answer = holder(stack, desk).ask(OPEN, pack_hint="vault")

    assert answer.citations == ()
    assert "brass" not in answer.answer


@pytest.mark.parametrize(
    ("roles", "locked", "opened"),
    [((), False, False), (("keeper",), True, False), (("auditor",), True, True), (("keeper", "auditor"), True, True)],
)
def test_a_tool_is_called_and_named_for_its_roles_alone(
    stack: Stack, desk: KeyDesk, roles: tuple[str, ...], locked: bool, opened: bool
) -> None:
    client = holder(stack, desk, *roles)

    assert ("locked: 417" in client.ask(LOCKED).answer) is locked
    assert ("opened: 23" in client.ask(OPENED).answer) is opened
    assert bool(client.ask(OPENED).actions) is opened
    summary = client.ask(ACCESS).answer
    assert ("vault.locked_boxes" in summary) is locked
    assert ("vault.opened_boxes" in summary) is opened
    assert ("vault" in summary) is bool(roles)


def test_a_generated_pack_answers_its_sample_questions(stack: Stack, desk: KeyDesk) -> None:
    client = holder(stack, desk)
    (pack,) = [pack for pack in client.packs.list() if pack.pack_id == "mypack"]
    assert pack.display_name == "My Pack"
    steps, count = (client.ask(question) for question in pack.sample_questions)

    assert steps.citations[0].title == "Get started with My Pack"
    assert "### How-to" in steps.answer
    assert [action.tool for action in count.actions] == ["mypack.document_count"]
    assert "documents: 1" in count.answer


def test_a_pack_that_changed_while_its_question_was_answered_is_not_called(
    stack: Stack, desk: KeyDesk, site: Path
) -> None:
    keeper = holder(stack, desk, "keeper")
    stack.chat_worker.stop()
    dying = stack.worker_that_dies("chat", "execute_tool", "before")
    dying.start()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: keeper.ask(LOCKED, idempotency_key=f"key-{uuid4()}", timeout=60))
        eventually(lambda: not dying.is_running, "the worker killed itself")
        tools = site / "vault_pack" / "tools.py"
        tools.write_text(tools.read_text(encoding="utf-8").replace("417", "418"), encoding="utf-8")
        stack.chat_worker.start()
        answer = asked.result(timeout=60)

    assert "pack_changed" in {warning.code for warning in answer.warnings}
    assert "417" not in answer.answer
    assert "418" not in answer.answer
    assert "locked: 418" in keeper.ask(LOCKED).answer
