"""What the documentation names exists: settings, endpoints, commands with their options, make targets, files."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.app import build_app_over
from bootstrap.settings import Settings
from cli.main import app as command_line
from tests.architecture.sources import ROOT
from tests.docs.pages import Found, Page, pages, parse
from tests.unit.api.fakes import Backend

_EXAMPLE = re.compile(r"^#(?P<name>[A-Z][A-Z0-9_]+)=(?P<value>.*)$", re.MULTILINE)
_ENDPOINT = re.compile(r"(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>/[\w/{}.-]*)")
_SETTING = re.compile(r"(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?")
_PATH = re.compile(
    r"(?:activities|adapters|api|bench|bootstrap|cli|docs|domain|migrations|packs|requirements|scripts|sdk|tests|workers|"
    r"workflows)/[\w./*-]+"
)
_METHODS = ("get", "post", "put", "patch", "delete")
# Variables of others, and words for what the reader puts in.
_NOT_SETTINGS = {
    "PYTHONDONTWRITEBYTECODE",
    "RLIMIT_AS",
    "RLIMIT_CPU",
    "TRACE_ID",
    "TENANT_ID",
    "DATASET_ID",
    "INGEST_ID",
}


def setting_names() -> dict[str, Any]:
    """The name in the environment of every setting, with its default."""
    return {
        str(field.validation_alias or name).upper(): field.get_default(call_default_factory=True, validated_data={})
        for name, field in Settings.model_fields.items()
    }


def example_settings() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return {line["name"]: line["value"] for line in _EXAMPLE.finditer(text)}


def described_endpoints() -> set[tuple[str, str]]:
    """Method and path of everything in the OpenAPI document, which leaves the aliases out."""
    backend = Backend()
    described = build_app_over(backend, backend.workflows).openapi()["paths"]
    return {(method.upper(), path) for path, item in described.items() for method in item if method in _METHODS}


def named(pattern: re.Pattern[str], *, without: tuple[str, ...] = ()) -> list[Found]:
    """Every piece of code of the documentation that is wholly of a pattern."""
    return [
        code
        for page in pages()
        if not page.path.startswith(without)
        for code in page.code()
        if pattern.fullmatch(code.text)
    ]


def words_of(command: str) -> list[str] | None:
    """The words of a command line up to a pipe; None when it is no command line."""
    try:
        words = shlex.split(re.sub(r"<[\w ./-]+>", "WORD", command), comments=True)
    except ValueError:
        return None
    ends = [place for place, word in enumerate(words) if word in ("|", "&&", ">", ";", "||")]
    return words[: ends[0]] if ends else words


def unknown_words(words: list[str]) -> list[str]:
    """What the ``answerable`` command does not know of a command line: a subcommand, or options."""
    command: Any = typer.main.get_command(command_line)
    known = {"--help"}
    for word in words[1:]:
        if not (commands := getattr(command, "commands", None)):
            break
        if word not in commands:
            return [word]
        command = commands[word]
    known.update(option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts))
    return [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]


def commands_of(page: Page) -> list[Found]:
    """Every command line of a page, in blocks and in its text, without the assignments before it."""
    typed = [Found(page.path, block.line, command) for block in page.blocks for command in block.commands()]
    spoken = [code for code in page.code() if code.text.startswith(("answerable ", "make "))]
    return [Found(one.page, one.line, re.sub(r"^(?:[A-Z_]+=\S* )+", "", one.text)) for one in (*typed, *spoken)]


def wrong_commands(page: Page, targets: set[str]) -> list[str]:
    wrong: list[str] = []
    for found in commands_of(page):
        words = words_of(found.text)
        if not words:
            continue
        if words[0] == "answerable":
            wrong.extend(f"{found}: no {unknown}" for unknown in unknown_words(words))
        if words[0] == "make":
            goals = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
            wrong.extend(f"{found}: no target {goal}" for goal in goals if goal not in targets)
    return wrong


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_setting_stands_in_the_example_and_no_other() -> None:
    assert set(example_settings()) == set(setting_names())


def test_the_example_shows_the_defaults() -> None:
    shown = example_settings()
    for name, default in setting_names().items():
        if default not in (None, "", (), {}):
            assert shown[name] == _written(default), name


def _written(default: object) -> str:
    """A default as people write it."""
    return str(default).lower() if isinstance(default, bool) else str(default).removesuffix(".0")


def test_every_setting_that_the_pages_name_exists() -> None:
    known = set(setting_names()) | _NOT_SETTINGS
    wrong = [str(one) for one in named(_SETTING) if one.text.partition("=")[0] not in known]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_endpoint_that_the_pages_name_exists() -> None:
    known = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in described_endpoints()}
    wrong = []
    for code in (code for page in pages() for code in page.code()):
        found = _ENDPOINT.match(code.text)
        if found and (found["method"], re.sub(r"\{\w+\}", "{}", found["path"])) not in known:
            wrong.append(str(code))
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_reference_names_every_endpoint() -> None:
    page = next(page for page in pages() if page.path == "docs/API.md")
    told = {(found["method"], found["path"]) for code in page.code() if (found := _ENDPOINT.match(code.text))}
    assert not described_endpoints() - told


def test_every_command_option_and_make_target_exists() -> None:
    targets = make_targets()
    wrong = [line for page in pages() for line in wrong_commands(page, targets)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_file_that_the_pages_name_exists() -> None:
    # Records of decisions speak of their day.
    found = named(_PATH, without=("docs/adr/",))
    wrong = [str(one) for one in found if not any(Path(ROOT).glob(one.text.rstrip("/")))]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("`answerable frobnicate`", "no frobnicate"),
        ('`answerable ask "Why?" --frob`', "no --frob"),
        ("`answerable ingests show <ingest> --json`", None),
        ("```console\n$ A=b answerable sweep --removed\n```", "no --removed"),
        ('```console\n$ answerable ask \\\n    "Why?" --key k | cat --number  # a remark\n```', None),
        ("`make frob`", "no target frob"),
        ('`make test ARGS="-k turn"`', None),
    ],
)
def test_a_command_that_does_not_exist_is_found(text: str, complaint: str | None) -> None:
    wrong = wrong_commands(parse("sample.md", text), make_targets())
    assert [line.rpartition(": ")[2] for line in wrong] == ([complaint] if complaint else [])
