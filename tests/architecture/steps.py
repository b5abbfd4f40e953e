"""Rules for workflows and activities: one model in, one model out; steps named by function; options named."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.sources import Source, Violation

MODEL_BASES = {"pydantic.BaseModel", "pydantic.RootModel"}
STEP_DECORATORS = {
    "temporalio.activity.defn",
    "temporalio.workflow.query",
    "temporalio.workflow.run",
    "temporalio.workflow.signal",
    "temporalio.workflow.update",
}
ACTIVITY_CALLS = {
    f"{verb}{local}_activity{kind}"
    for verb in ("execute", "start")
    for local in ("", "_local")
    for kind in ("", "_method", "_class")
}
BY_REFERENCE = ACTIVITY_CALLS | {
    "ScheduleActionStartWorkflow",
    "WithStartWorkflowOperation",
    "execute_child_workflow",
    "execute_update",
    "execute_update_with_start_workflow",
    "execute_workflow",
    "query",
    "signal",
    "start_child_workflow",
    "start_update",
    "start_update_with_start_workflow",
    "start_workflow",
}
OPTION_NAMES = {
    "heartbeat_timeout",
    "retry_policy",
    "schedule_to_close_timeout",
    "schedule_to_start_timeout",
    "start_to_close_timeout",
}
OPTIONS_MODULE = "workflows.call_options"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Models:
    """Which classes and aliases of the checkout stand for pydantic models, by full name."""

    names: frozenset[str]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> "Models":
        bases: dict[str, set[str]] = {}
        for source in sources:
            for node in source.tree.body:
                if isinstance(node, ast.ClassDef):
                    bases[f"{source.module}.{node.name}"] = set(_qualified(source, node.bases))
        names = set(MODEL_BASES)
        while grown := {name for name, above in bases.items() if name not in names and above & names}:
            names |= grown
        return cls(frozenset(names))

    def include(self, source: Source, annotation: ast.expr | None) -> bool:
        """Tell whether the annotation is a model, or a union of models and None."""
        if annotation is None:
            return False
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return self.include(source, ast.parse(annotation.value, mode="eval").body)
        if isinstance(annotation, ast.BinOp):
            sides = (annotation.left, annotation.right)
            return all(_is_none(side) or self.include(source, side) for side in sides)
        if isinstance(annotation, ast.Subscript):
            return self.include(source, annotation.value)
        return any(name in self.names for name in _qualified(source, [annotation]))


def _qualified(source: Source, expressions: Iterable[ast.expr]) -> Iterator[str]:
    for expression in expressions:
        plain = expression.value if isinstance(expression, ast.Subscript) else expression
        name = source.dotted(plain)
        if name:
            yield name if "." in name else f"{source.module}.{name}"


def _is_none(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Constant) and annotation.value is None


def untyped_steps(source: Source, models: Models) -> Iterator[Violation]:
    """Entry points that take more than one model, or anything that is none, or return neither a model nor None."""
    for node in ast.walk(source.tree):
        if not isinstance(node, Function) or not _is_step(source, node):
            continue
        arguments = [a for a in [*node.args.posonlyargs, *node.args.args] if a.arg != "self"]
        if len(arguments) > 1 or node.args.kwonlyargs or node.args.vararg or node.args.kwarg:
            yield source.violation(node, f"{node.name} takes more than one model")
        for argument in arguments:
            if not models.include(source, argument.annotation):
                yield source.violation(argument, f"{node.name}: {argument.arg} is no pydantic model")
        if not _is_none(node.returns) and not models.include(source, node.returns):
            yield source.violation(node, f"{node.name} returns no pydantic model")


def _is_step(source: Source, node: Function) -> bool:
    calls = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return any(source.dotted(call) in STEP_DECORATORS for call in calls)


def string_references(source: Source) -> Iterator[Violation]:
    """Activities, workflows and handlers named by text: a rename would be found by a customer."""
    if not any(name.startswith("temporalio") for name in source.names.values()):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _called(node) in BY_REFERENCE and node.args:
            first = node.args[0]
            text = first.value if isinstance(first, ast.Constant) else None
            # The SDK answers a few queries itself; they have no function to name.
            built_in = isinstance(text, str) and text.startswith("__temporal")
            if isinstance(first, ast.JoinedStr) or (isinstance(text, str) and not built_in):
                yield source.violation(node, f"{_called(node)} names its target by text")


def unnamed_options(source: Source) -> Iterator[Violation]:
    """Activity calls whose timeouts and retries are not one named object of workflows/call_options.py."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg in OPTION_NAMES:
                yield source.violation(keyword.value, f"{keyword.arg} is given outside call_options.py")
        if _called(node) in ACTIVITY_CALLS and not _has_named_options(source, node):
            yield source.violation(node, f"{_called(node)} without **call_options.NAME.as_kwargs()")


def _has_named_options(source: Source, call: ast.Call) -> bool:
    """True when the call unpacks ``call_options.NAME`` or what its ``as_kwargs()`` returns."""
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg is None:
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "as_kwargs":
                value = value.func.value
            name = source.dotted(value) or ""
            module, _, constant = name.rpartition(".")
            if module == OPTIONS_MODULE and constant.isupper():
                return True
    return False


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
