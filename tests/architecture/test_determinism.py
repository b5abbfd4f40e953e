import pytest

from tests.architecture import determinism
from tests.architecture.sources import Source, assert_none, sources


def test_workflows_and_the_domain_read_no_clock_chance_environment_or_file() -> None:
    assert_none(v for s in sources("workflows", "domain") for v in determinism.impure_references(s))


def test_defaults_of_activity_models_read_no_clock_chance_or_environment() -> None:
    assert_none(v for s in sources("activities") for v in determinism.impure_defaults(s))


def test_rooms_that_pass_the_sandbox_hold_no_mutable_globals() -> None:
    rooms = ("activities", "domain", "workflows")
    assert_none(v for s in sources(*rooms) for v in determinism.mutable_globals(s))


def test_durations_of_workflows_are_named_in_call_options() -> None:
    files = (s for s in sources("workflows") if s.path != "workflows/call_options.py")
    assert_none(v for s in files for v in determinism.inline_durations(s))


@pytest.mark.parametrize(
    "bad",
    [
        "import time\nnow = time.monotonic()",
        "from time import time as clock\nnow = clock()",
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "import datetime as dt\nday = dt.date.today()",
        "from uuid import uuid4\nclass Model:\n    id: str = Field(default_factory=uuid4)",
        "import random\nx = random.random()",
        "import os\nhome = os.environ['HOME']",
        "from os import getenv\nhome = getenv('HOME')",
        "def read():\n    with unsafe():\n        import secrets\n        return secrets.token_hex()",
        "text = open('x').read()",
    ],
)
def test_an_impure_reference_is_found(bad: str) -> None:
    assert list(determinism.impure_references(Source("domain/bad.py", bad)))


@pytest.mark.parametrize(
    "good",
    [
        "from temporalio import workflow\nnow = workflow.now()\nid = workflow.uuid4()",
        "from uuid import UUID, uuid5\nid = uuid5(UUID(int=0), 'x')",
        "from datetime import datetime\nat = datetime.fromisoformat('2026-01-01')",
        "def at(row):\n    return row.time.hour",
    ],
)
def test_a_pure_reference_is_left_alone(good: str) -> None:
    assert not list(determinism.impure_references(Source("domain/good.py", good)))


def test_an_impure_default_is_found_behind_a_function_of_the_same_module() -> None:
    bad = "import time\ndef stamp():\n    return time.time()\nclass M:\n    at: float = Field(default_factory=stamp)"
    assert list(determinism.impure_defaults(Source("activities/bad.py", bad)))


def test_an_activity_may_read_the_clock_in_its_body() -> None:
    good = "import time\nclass Step:\n    def run(self):\n        return time.perf_counter()"
    assert not list(determinism.impure_defaults(Source("activities/good.py", good)))


@pytest.mark.parametrize(
    "bad",
    [
        "SEEN = []",
        "SEEN: dict[str, int] = {}",
        "SEEN = {name for name in 'ab'}",
        "from typing import Final\nSEEN: Final = {}",
        "from typing import Final\nSEEN: Final[list[str]] = []",
        "from collections import defaultdict\nSEEN = defaultdict(list)",
        "import collections\nSEEN = collections.deque()",
        "def f():\n    global seen\n    seen = 1",
    ],
)
def test_a_mutable_global_is_found(bad: str) -> None:
    assert list(determinism.mutable_globals(Source("domain/bad.py", bad)))


@pytest.mark.parametrize(
    "good",
    [
        "NAMES = ('a', 'b')",
        "NAMES = frozenset({'a'})",
        "__all__ = ['a']",
        "from typing import Final\nLIMITS: Final[Mapping[str, int]] = {'a': 1}",
        "LIMITS = MappingProxyType({'a': 1})",
        "def f():\n    seen = []",
    ],
)
def test_an_immutable_global_is_left_alone(good: str) -> None:
    assert not list(determinism.mutable_globals(Source("domain/good.py", good)))


@pytest.mark.parametrize(
    "bad",
    [
        "from datetime import timedelta\nwait = timedelta(days=1)",
        "import datetime\nwait = datetime.timedelta(days=1)",
        "from temporalio import workflow\nasync def run():\n    await workflow.sleep(30)",
        "from temporalio import workflow\nasync def run():\n    await workflow.wait_condition(done, timeout=5.0)",
    ],
)
def test_an_inline_duration_is_found(bad: str) -> None:
    assert list(determinism.inline_durations(Source("workflows/bad.py", bad)))
