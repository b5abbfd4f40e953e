"""Rules that keep a replay equal to the first run.

The sandbox of Temporal guards workflow files only: domain and activities are passed through, so nothing there may read
a clock, chance or the environment while a workflow builds one of their models.
"""

import ast
from collections.abc import Iterator

from tests.architecture.sources import Source, Violation

IMPURE_MODULES = ("random", "secrets", "socket", "subprocess", "tempfile", "threading", "time", "numpy.random")
IMPURE_NAMES = {
    "builtins.open", "open", "input",
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "os.environ", "os.environb", "os.getenv", "os.getpid", "os.putenv", "os.urandom",
    "uuid.getnode", "uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7",
}  # fmt: skip
MUTABLE_CALLS = {
    "bytearray", "dict", "list", "set",
    "collections.Counter", "collections.OrderedDict", "collections.defaultdict", "collections.deque",
    "weakref.WeakKeyDictionary", "weakref.WeakValueDictionary",
}  # fmt: skip
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
READ_ONLY_TYPES = {"AbstractSet", "Collection", "Mapping", "Sequence", "Set", "frozenset", "tuple"}
TIMERS = {"asyncio.sleep", "temporalio.workflow.sleep", "temporalio.workflow.wait_condition"}


def impure_references(source: Source) -> Iterator[Violation]:
    """Clock, chance, environment and I/O anywhere in the file, default factories included."""
    yield from _impure_within(source, source.tree)


def impure_defaults(source: Source) -> Iterator[Violation]:
    """The same, only in default factories and class bodies: for files whose functions may be impure."""
    functions = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign | ast.AnnAssign):
                    yield from _impure_within(source, statement)
        factory = node.value if isinstance(node, ast.keyword) and node.arg == "default_factory" else None
        if isinstance(factory, ast.Name) and factory.id in functions:
            yield from _impure_within(source, functions[factory.id])


def _impure_within(source: Source, tree: ast.AST) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = source.dotted(node)
            if name and (name in IMPURE_NAMES or name.startswith(tuple(f"{m}." for m in IMPURE_MODULES))):
                yield source.violation(node, f"{name} is not the same on replay; take it from `workflow`")


def mutable_globals(source: Source) -> Iterator[Violation]:
    """Module-level containers that one workflow could fill and another read."""
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mutable(source, node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            exported = any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)
            if not exported and not (isinstance(node, ast.AnnAssign) and _is_read_only(node.annotation)):
                yield source.violation(node, "a mutable global; use a tuple, a frozenset or Final[Mapping[…]]")
    for inner in ast.walk(source.tree):
        if isinstance(inner, ast.Global):
            yield source.violation(inner, f"`global {', '.join(inner.names)}` is shared by every workflow")


def _is_mutable(source: Source, value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return source.dotted(value.func) in MUTABLE_CALLS
    return isinstance(value, MUTABLE_DISPLAYS)


def _is_read_only(annotation: ast.expr) -> bool:
    """True of ``Final[Mapping[…]]`` and its like, whose mutation mypy refuses."""
    if not (isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).endswith("Final")):
        return False
    inner = annotation.slice.value if isinstance(annotation.slice, ast.Subscript) else annotation.slice
    return ast.unparse(inner).rpartition(".")[2] in READ_ONLY_TYPES


def inline_durations(source: Source) -> Iterator[Violation]:
    """Durations written where they are used: they belong, named, in workflows/call_options.py."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.dotted(node) == "datetime.timedelta":
            yield source.violation(node, "a duration outside call_options.py")
        if isinstance(node, ast.Call) and source.dotted(node.func) in TIMERS:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            for argument in arguments:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, int | float):
                    yield source.violation(argument, "a number of seconds outside call_options.py")
