import pytest

from tests.architecture import steps
from tests.architecture.sources import Source, assert_none, sources

MODEL = "from pydantic import BaseModel\nclass Asked(BaseModel): ...\nclass Told(BaseModel): ...\n"
HEAD = f"from temporalio import activity, workflow\n{MODEL}"
CALL = (
    "from temporalio import workflow\nfrom workflows import call_options\nfrom workflows.call_options import DECIDE\n"
)


def _untyped(text: str) -> list[object]:
    source = Source("workflows/sample.py", text)
    return list(steps.untyped_steps(source, steps.Models.of([source])))


def test_workflows_and_activities_take_one_model_and_return_one() -> None:
    rooms = ("activities", "domain", "workflows")
    models = steps.Models.of(sources(*rooms))
    assert_none(v for s in sources("activities", "workflows") for v in steps.untyped_steps(s, models))


def test_workflows_activities_and_handlers_are_named_by_function() -> None:
    assert_none(v for s in sources() for v in steps.string_references(s))


def test_activity_calls_use_named_options() -> None:
    files = (s for s in sources("workflows") if s.path != "workflows/call_options.py")
    assert_none(v for s in files for v in steps.unnamed_options(s))


@pytest.mark.parametrize(
    "bad",
    [
        "class S:\n    @activity.defn\n    async def step(self, a: Asked, b: Asked) -> Told: ...",
        "class S:\n    @activity.defn(name='x')\n    async def step(self, a: str) -> Told: ...",
        "class S:\n    @activity.defn\n    async def step(self, a) -> Told: ...",
        "class S:\n    @activity.defn\n    async def step(self, a: Asked) -> dict[str, str]: ...",
        "class S:\n    @activity.defn\n    async def step(self, a: Asked): ...",
        "class S:\n    @activity.defn\n    async def step(self, a: Asked, *, dry: bool) -> Told: ...",
        "class W:\n    @workflow.run\n    async def run(self, a: Asked | str) -> Told: ...",
        "class W:\n    @workflow.update\n    async def submit(self, a: Asked) -> str: ...",
        "class W:\n    @workflow.signal\n    async def submit(self, *a: Asked) -> None: ...",
    ],
)
def test_a_step_without_models_is_found(bad: str) -> None:
    assert _untyped(HEAD + bad)


@pytest.mark.parametrize(
    "good",
    [
        "class S:\n    @activity.defn\n    async def step(self, a: Asked) -> Told: ...",
        "class S:\n    @activity.defn\n    async def step(self) -> None: ...",
        "class W:\n    @workflow.run\n    async def run(self, a: 'Asked | None') -> Told | None: ...",
        "class W:\n    async def _inner(self, a: str, b: int) -> str: ...",
    ],
)
def test_a_step_with_models_is_left_alone(good: str) -> None:
    assert not _untyped(HEAD + good)


def test_a_model_is_recognised_through_a_base_in_another_module() -> None:
    base = Source("domain/base.py", "from pydantic import BaseModel\nclass Value(BaseModel): ...")
    step = Source(
        "activities/step.py",
        "from temporalio import activity\nfrom domain.base import Value\nclass Told(Value): ...\n"
        "@activity.defn\nasync def step(given: Told) -> Told: ...",
    )
    assert not list(steps.untyped_steps(step, steps.Models.of([base, step])))
    assert list(steps.untyped_steps(step, steps.Models.of([step])))


@pytest.mark.parametrize(
    "bad",
    [
        "workflow.execute_activity('compose', x)",
        "workflow.execute_local_activity_method('compose', x)",
        "client.start_workflow(f'{name}', x)",
        "workflow.start_child_workflow('Ingest', x)",
        "handle.signal('stop')",
        "handle.execute_update('submit', x)",
    ],
)
def test_a_step_named_by_text_is_found(bad: str) -> None:
    assert list(steps.string_references(Source("api/bad.py", CALL + bad)))


@pytest.mark.parametrize("good", ["handle.signal(Ingest.stop)", "client.start_workflow(Ingest.run, x, id='a')"])
def test_a_step_named_by_function_is_left_alone(good: str) -> None:
    assert not list(steps.string_references(Source("api/good.py", CALL + good)))


@pytest.mark.parametrize(
    "bad",
    [
        "workflow.execute_activity(step, x)",
        "workflow.execute_activity(step, x, start_to_close_timeout=LIMIT)",
        "workflow.execute_local_activity(step, x, **options)",
        "workflow.execute_local_activity(step, x, **{'start_to_close_timeout': LIMIT})",
        "workflow.execute_activity_method(step, x, **call_options.DECIDE.as_kwargs(), retry_policy=None)",
        "workflow.start_activity(step, x, **other.DECIDE.as_kwargs())",
    ],
)
def test_unnamed_options_are_found(bad: str) -> None:
    assert list(steps.unnamed_options(Source("workflows/bad.py", CALL + bad)))


@pytest.mark.parametrize(
    "good",
    [
        "workflow.execute_activity(step, x, **call_options.DECIDE.as_kwargs())",
        "workflow.execute_activity(step, x, summary='s', **DECIDE.as_kwargs())",
        "workflow.execute_local_activity_method(step, x, **call_options.DECIDE)",
    ],
)
def test_named_options_are_left_alone(good: str) -> None:
    assert not list(steps.unnamed_options(Source("workflows/good.py", CALL + good)))
