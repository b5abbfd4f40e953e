"""The one error tree."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import activities
import adapters
import api
import bootstrap
import domain
import workflows
from domain.errors import AnswerableError, DatabaseUnavailableError, DependencyUnavailableError

for room in (activities, adapters, api, bootstrap, domain, workflows):
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def tree(root: type[AnswerableError] = AnswerableError) -> Iterator[type[AnswerableError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


ERRORS = list(dict.fromkeys(tree()))


def test_every_error_has_its_own_code() -> None:
    counts = Counter(error.code for error in ERRORS)
    assert [code for code, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("error", ERRORS, ids=[error.code for error in ERRORS])
def test_an_error_has_a_code_in_snake_case_and_a_status_of_failure(error: type[AnswerableError]) -> None:
    assert error.code.isascii()
    assert error.code.replace("_", "").isalpha()
    assert error.code.islower()
    assert 400 <= error.status < 600


@pytest.mark.parametrize("error", ERRORS, ids=[error.code for error in ERRORS])
def test_only_what_an_outside_system_may_mend_is_tried_again(error: type[AnswerableError]) -> None:
    assert error.retryable == issubclass(error, DependencyUnavailableError)


def test_a_failure_keeps_code_message_and_details() -> None:
    failure = DatabaseUnavailableError("Start it.", host="db").as_failure()
    assert failure.model_dump() == {"code": "database_unavailable", "message": "Start it.", "details": {"host": "db"}}
