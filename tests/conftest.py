"""What holds for tests of every kind: their options, and how they are divided among processes."""

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# Fixtures are loaded by the folders that use them (tests/fixtures/loading.py); what they assert is explained there too.
pytest.register_assert_rewrite("tests.fixtures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contract-examples", type=int, default=12, help="requests drawn for each operation and mode")
    parser.addoption("--contract-seed", type=int, default=1, help="what the drawing of requests begins with")
    parser.addoption("--start-kills", type=int, default=0, help="starts killed at moments that are drawn, too")
    parser.addoption("--start-kills-seed", type=int, default=1, help="what the drawing of moments begins with")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _ByFile(config, log)


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """The tests of a file run in one process, where they share what they made.

    Every ``answerable up`` wants the same ports first, so all tests of it go to one process too.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "up" if Path(file).name.startswith("test_embedded_up") else file
