"""docs/ERRORS.md explains every code that there is, and none that there is not."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import adapters
import bootstrap
import domain
from domain.errors import AnswerableError
from tests.architecture.sources import ROOT

_ROW = re.compile(r"^\| `(?P<code>[a-z_]+)` \| (?P<rest>.*)$", re.MULTILINE)
# What has a code of its own and needs libraries that are installed on demand only.
_OPTIONAL = ("adapters.parsers.unstructured_documents",)
# Codes of the HTTP server and of the framework's own refusals, which no class of ours names.
_OF_THE_EDGE = {"method_not_allowed", "request_refused", "headers_too_large", "request_timeout", "too_many_connections"}
_ROOMS = ("activities", "adapters", "api", "domain", "workflows")
_MAKERS = ("Failure", "AnswerWarning", "NotTold", "Untold")


def rows() -> dict[str, str]:
    page = (ROOT / "docs" / "ERRORS.md").read_text(encoding="utf-8")
    return {row["code"]: row["rest"] for row in _ROW.finditer(page)}


def error_classes() -> dict[str, type[AnswerableError]]:
    """Every class of the error tree in rooms that define some, by its code."""
    for room in (domain, bootstrap, adapters):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name not in _OPTIONAL:
                importlib.import_module(module.name)
    return {kind.code: kind for kind in _tree(AnswerableError)}


def _tree(kind: type[AnswerableError]) -> Iterator[type[AnswerableError]]:
    yield kind
    for child in kind.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield from _tree(child)


def written_codes() -> set[str]:
    """Codes of failures and warnings that are written out where they are made."""
    found = set()
    for room in _ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MAKERS:
                    codes = [*(word.value for word in node.keywords if word.arg == "code"), *node.args[:1]]
                    found |= {code.value for code in codes if isinstance(code, ast.Constant)}
    return {str(code) for code in found}


def test_every_code_is_explained_and_no_other() -> None:
    assert set(rows()) == set(error_classes()) | written_codes() | _OF_THE_EDGE


def test_the_statuses_are_those_of_the_classes() -> None:
    told = {code: found[0] for code, rest in rows().items() if (found := re.match(r"\d{3}", rest))}
    known = error_classes()
    wrong = {code: (status, known[code].status) for code, status in told.items() if code in known}
    assert {code: pair for code, pair in wrong.items() if int(pair[0]) != pair[1]} == {}
    assert len(told) > 15
