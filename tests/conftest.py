"""Fixtures that every kind of test may ask for; each is made when the first test asks."""

import pytest

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.database",
    "tests.fixtures.stack",
    "tests.fixtures.key_desk",
    "tests.fixtures.workflow_servers",
    "tests.fixtures.worker_steps",
    "tests.fixtures.workflow_environment",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contract-examples", type=int, default=12, help="requests drawn for each operation and mode")
    parser.addoption("--contract-seed", type=int, default=1, help="what the drawing of requests begins with")
    parser.addoption("--start-kills", type=int, default=0, help="starts killed at moments that are drawn, too")
    parser.addoption("--start-kills-seed", type=int, default=1, help="what the drawing of moments begins with")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, where they share what they made.

    Every ``answerable up`` wants the same ports first, so all tests of it go to one process too.
    """
    for item in items:
        group = "up" if item.path.name.startswith("test_embedded_up") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
