"""Rules that keep a file, a function and a workflow small enough to be read at once."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import Source, Violation

FILE_LINES = 300
FUNCTION_LINES = 50
WORKFLOW_RUN_LINES = 40


def oversized(source: Source) -> Iterator[Violation]:
    """Files and functions beyond their limit, counted with blank lines, comments and docstrings."""
    lines = source.text.count("\n")
    if lines > FILE_LINES:
        yield Violation(source.path, FILE_LINES, f"{lines} lines; at most {FILE_LINES}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            limit = WORKFLOW_RUN_LINES if _is_workflow_run(source, node) else FUNCTION_LINES
            if lines > limit:
                yield source.violation(node, f"{node.name} has {lines} lines; at most {limit}")


def _is_workflow_run(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(source.dotted(decorator) == "temporalio.workflow.run" for decorator in node.decorator_list)
