"""``answerable ingest`` against the API over fakes: every file is explained."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from domain.errors import Failure
from domain.knowledge.ingest import IngestState
from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal

Write = Callable[[str, str], Path]


def test_a_folder_is_ingested_under_names_relative_to_it(terminal: Terminal, write: Write, backend: Backend) -> None:
    names = ["a.md", "guides/b.markdown", "c.txt", "d.html", "e.HTM", "f.json", "g.csv", "h.pdf", "i.docx"]
    for name in names:
        write(name, f"# {name}")

    result = terminal.run("ingest", str(write("a.md", "# a.md").parent))

    assert (result.exit_code, "9 succeeded" in result.stdout) == (0, True)
    assert {row.version.external_key for row in backend.ingests.rows.values()} == set(names)


def test_what_is_left_out_is_listed_with_the_reason(terminal: Terminal, write: Write) -> None:
    folder = write("a.md", "# A").parent
    for name in ("d.png", ".hidden/e.md", ".f.md", "~$letter.docx", "README"):
        write(name, "x")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.md").symlink_to(folder / "nothing.md")

    skipped = terminal.json("ingest", str(folder))["skipped"]

    reasons = {Path(one["path"]).name: one["reason"] for one in skipped}
    assert set(reasons) == {"d.png", ".hidden", ".f.md", "~$letter.docx", "README", "loop", "gone.md"}
    assert "--all" in reasons["d.png"]
    assert "d.png" in terminal.run("ingest", str(folder)).stdout


def test_other_formats_are_sent_on_request_and_a_named_file_always_is(
    terminal: Terminal, write: Write, backend: Backend
) -> None:
    folder = write("a.md", "# A").parent
    other = write("b.pptx", "x")

    assert terminal.json("ingest", str(other))["counts"] == {"succeeded": 1}
    assert terminal.json("ingest", "--all", str(folder))["counts"] == {"succeeded": 1, "unchanged": 1}
    assert {row.version.external_key for row in backend.ingests.rows.values()} == {"a.md", "b.pptx"}


def test_unchanged_documents_are_noticed(terminal: Terminal, write: Write) -> None:
    path = str(write("a.md", "# A"))
    terminal.run("ingest", path)

    assert "1 unchanged" in terminal.run("ingest", path).stdout
    assert [one["state"] for one in terminal.json("ingest", path)["documents"]] == ["unchanged"]


def test_a_failed_document_is_named_with_its_code_and_how_to_mend_it(
    terminal: Terminal, write: Write, backend: Backend
) -> None:
    backend.document_runs.state = IngestState.FAILED
    backend.document_runs.cause = Failure(code="empty_document", message="Upload one with text.")
    path = str(write("a.md", ""))

    result = terminal.run("ingest", path, "--json")
    shown = terminal.run("ingest", path)

    (document,) = json.loads(result.stdout)["documents"]
    assert (result.exit_code, shown.exit_code) == (1, 1)
    assert (document["state"], document["code"], document["message"]) == (
        "failed",
        "empty_document",
        "Upload one with text.",
    )
    assert "empty_document: Upload one with text." in shown.stdout


def test_a_superseded_document_is_explained_and_no_failure(terminal: Terminal, write: Write, backend: Backend) -> None:
    backend.document_runs.state = IngestState.SUPERSEDED

    result = terminal.run("ingest", str(write("a.md", "# A")))

    assert (result.exit_code, "A newer version" in result.stdout) == (0, True)


def test_a_refused_document_does_not_stop_the_others(terminal: Terminal, write: Write) -> None:
    write("large.md", "a" * 1_400_001)

    result = terminal.run("ingest", str(write("small.md", "# A").parent))

    assert (result.exit_code, "1 refused" in result.stdout, "1 succeeded" in result.stdout) == (1, True, True)
    assert "too_large" in result.stdout


def test_a_server_that_is_away_is_said_in_one_sentence(tmp_path: Path, write: Write) -> None:
    terminal = Terminal(tmp_path, {"ANSWERABLE_URL": "http://127.0.0.1:9", "ANSWERABLE_API_KEY": "ans_x"})

    result = terminal.run("ingest", str(write("a.md", "# A")))

    assert (result.exit_code, "does not answer" in result.stderr, result.stdout) == (3, True, "")


@pytest.mark.parametrize("wanted", ["support", "Support"])
def test_a_dataset_is_chosen_by_name_or_pack(terminal: Terminal, write: Write, wanted: str) -> None:
    assert terminal.run("ingest", str(write("a.md", "# A")), "--dataset", wanted).exit_code == 0


@pytest.mark.parametrize(("pack_id", "exit_code"), [("vault", 0), ("support", 2)])
def test_without_a_choice_the_dataset_is_the_only_one_of_packs_that_the_key_may_use(
    terminal: Terminal, write: Write, backend: Backend, pack_id: str, exit_code: int
) -> None:
    other = backend.dataset.model_copy(update={"dataset_id": uuid4(), "pack_id": pack_id, "name": "Other"})
    backend.datasets.others = (other,)

    result = terminal.run("ingest", str(write("a.md", "# A")))

    assert (result.exit_code, "Choose a dataset" in result.stderr) == (exit_code, exit_code == 2)


def test_an_unknown_dataset_is_a_usage_error_that_lists_the_known_ones(
    terminal: Terminal, write: Write, backend: Backend
) -> None:
    result = terminal.run("ingest", str(write("a.md", "# A")), "--dataset", "nothing")

    assert (result.exit_code, str(backend.dataset.dataset_id) in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("names", "reason"), [(["picture.png"], "Nothing to ingest"), (["one/a.md", "two/a.md"], "both be the document")]
)
def test_paths_that_make_no_sense_are_explained(
    terminal: Terminal, write: Write, names: list[str], reason: str
) -> None:
    folders = [str(write(name, "x").parent) for name in names]

    result = terminal.run("ingest", *folders)

    assert (result.exit_code, reason in result.stderr) == (1, True)


def test_a_missing_path_is_explained(terminal: Terminal) -> None:
    assert "does not exist" in terminal.run("ingest", "nowhere").stderr


def test_labels_are_said_of_every_document(terminal: Terminal, write: Write, backend: Backend) -> None:
    labels = ("tag=guide", "tag=draft", "language=en", "year=2025", "beta=true", "ratio=0.5", "code=007")
    given = [part for label in labels for part in ("--label", label)]

    assert terminal.json("ingest", str(write("a.md", "# A")), *given)["counts"] == {"succeeded": 1}

    version = next(iter(backend.ingests.rows.values())).version
    assert (version.tags, version.language) == (("guide", "draft"), "en")
    assert version.attributes == {"year": 2025, "beta": True, "ratio": 0.5, "code": "007"}


def test_a_label_without_a_value_is_explained(terminal: Terminal, write: Write) -> None:
    result = terminal.run("ingest", str(write("a.md", "# A")), "--label", "guide")

    assert (result.exit_code, "NAME=VALUE" in result.output) == (2, True)
