"""The blocks that the documentation marks with ``console run`` and ``python run``, run as they stand.

A reader's own values stand in them as words in capitals, and the address of a default start; both are put in here.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from bootstrap.embedded.postgres import PostgresServer
from bootstrap.embedded.postgres_binaries import find_binaries
from tests.architecture.sources import ROOT
from tests.docs.pages import Block, pages
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.stack import Stack

BLOCKS = [block for page in pages() for block in page.blocks if block.info[1:] == ("run",)]


@pytest.fixture(scope="session")
def reader(
    stack: Stack, howto_documents: None, database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> "Reader":
    return Reader(stack, database_urls, tmp_path_factory.mktemp("reader"))


class Reader:
    """Someone who follows the documentation, in a folder of their own, against the stack."""

    def __init__(self, stack: Stack, urls: DatabaseUrls, folder: Path) -> None:
        self.folder = folder
        (folder / "my-documents").mkdir()
        (folder / "my-documents" / "quokkas.md").write_text("# Feeding quokkas\n\nTo feed a quokka, offer it leaves.\n")
        answer = stack.client().ask("How do I rotate an API key?")
        self._values = {
            "TRACE_ID": answer.meta.trace_id,
            "SESSION_ID": str(answer.session_id),
            "TENANT_ID": str(stack.tenant_id),
            "DATASET_ID": str(stack.dataset_id),
            "INGEST_ID": str(stack.client().ingests.list(limit=1).items[0].ingest_id),
        }
        programs = [str(Path(sys.executable).parent), str(find_binaries(None)), os.environ["PATH"]]
        self._environment = {
            **stack.api.environment(),
            "PATH": os.pathsep.join(programs),
            "COLUMNS": "140",
            "ANSWERABLE_URL": stack.api_url,
            "ANSWERABLE_API_KEY": stack.api_key,
            "ANSWERABLE_DATA_DIR": str(folder / "data"),
            "DATABASE_OWNER_URL": urls.owner,
            # The page says to run it in the checkout, which this folder is not.
            "ALEMBIC_CONFIG": str(ROOT / "alembic.ini"),
        }
        self._address = stack.api_url.removeprefix("http://")

    def run(self, block: Block) -> "subprocess.CompletedProcess[str]":
        """Every command of a block in one shell, which ends at the first that fails."""
        is_python = block.info[0] == "python"
        script = block.text if is_python else "\n".join(("set -euo pipefail", *block.commands()))
        script = script.replace("127.0.0.1:8080", self._address)
        for word, value in self._values.items():
            script = re.sub(rf"\b{word}\b", value, script)
        return subprocess.run(
            [sys.executable if is_python else "bash", "-c", script],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )


@pytest.mark.parametrize("block", BLOCKS, ids=[f"{block.page}:{block.line}" for block in BLOCKS])
def test_a_documented_block_of_commands_runs(reader: Reader, block: Block) -> None:
    done = reader.run(block)
    assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"


def test_the_backup_that_is_described_can_be_restored(
    reader: Reader, postgres_server: PostgresServer, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    dump = tmp_path / "answerable.dump"
    location = urlsplit(database_urls.superuser)
    programs = find_binaries(None)
    counted = "SELECT (SELECT count(*) FROM turns), (SELECT count(*) FROM pg_class WHERE relforcerowsecurity)"
    with psycopg.connect(database_urls.superuser, autocommit=True) as connection:
        before = connection.execute(counted).fetchone()
        database = location.path.removeprefix("/")
        for statement in backup_role().replace("DATABASE answerable", f"DATABASE {database}").split(";")[:-1]:
            connection.execute(statement.replace("…", "a-test").encode())
        connection.execute("CREATE DATABASE restored")
    host = location.netloc.rpartition("@")[2]
    backup = f"postgresql://answerable_backup:a-test@{host}{location.path}"
    restored = urlunsplit(location._replace(path="/restored"))
    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", backup], check=True)
    subprocess.run([programs / "pg_restore", f"--dbname={restored}", dump], check=True)
    with psycopg.connect(restored) as connection:
        assert connection.execute(counted).fetchone() == before


def backup_role() -> str:
    """The statements that make the role of a backup."""
    page = next(page for page in pages() if page.path == "docs/DEPLOYMENT.md")
    return next(block.text for block in page.blocks if "answerable_backup" in block.text)


def test_a_block_that_fails_is_noticed(reader: Reader) -> None:
    broken = Block("sample.md", 1, ("console", "run"), "$ answerable ingests show INGEST_ID\n$ answerable frobnicate")
    assert reader.run(broken).returncode
