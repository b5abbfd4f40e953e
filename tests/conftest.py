"""Fixtures that every kind of test may ask for; each is made when the first test asks."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.database",
    "tests.fixtures.stack",
    "tests.fixtures.workflow_servers",
    "tests.fixtures.workflow_environment",
]
