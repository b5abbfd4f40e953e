from tests.architecture import sizes
from tests.architecture.sources import Source, assert_none, sources


def _function(lines: int) -> str:
    return "def f():\n" + "    x = 1\n" * (lines - 1)


def _run(lines: int) -> str:
    head = "from temporalio import workflow\nclass W:\n    @workflow.run\n    async def run(self):\n"
    return head + "        x = 1\n" * (lines - 1)


def test_files_functions_and_workflows_stay_small() -> None:
    assert_none(v for s in sources() for v in sizes.oversized(s))


def test_a_file_may_have_300_lines_and_not_one_more() -> None:
    assert not list(sizes.oversized(Source("api/a.py", "x = 1\n" * 300)))
    assert list(sizes.oversized(Source("api/a.py", "x = 1\n" * 301)))


def test_a_function_may_have_50_lines_and_not_one_more() -> None:
    assert not list(sizes.oversized(Source("api/a.py", _function(50))))
    assert list(sizes.oversized(Source("api/a.py", _function(51))))


def test_the_run_of_a_workflow_may_have_40_lines_and_not_one_more() -> None:
    assert not list(sizes.oversized(Source("workflows/a.py", _run(40))))
    assert list(sizes.oversized(Source("workflows/a.py", _run(41))))
