"""Today's workflows replay what earlier ones recorded. How to record anew: scripts/record_histories.py."""

import asyncio
import base64
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Interceptor, Replayer

import workflows
from adapters.temporal.signing import SignatureCheck
from domain.identity.signing import SigningKeys
from workers.sandbox import sandbox

HISTORIES = Path(__file__).parent / "histories"
RECORDED = sorted(HISTORIES.glob("*.json"))
INCOMPATIBLE = sorted((HISTORIES / "incompatible").glob("*.json"))
DEFINITION = "__temporal_workflow_definition"
MACHINE = re.compile(r"/(?:root|home|work|tmp|Users|opt|usr)/|site-packages|\.py\b|\b\d+@[\w.-]+")


def all_workflows() -> dict[str, type]:
    """Every class in workflows/ that is a workflow, by the name under which histories know it."""
    found = pkgutil.walk_packages(workflows.__path__, "workflows.")
    modules = [importlib.import_module(module.name) for module in found]
    classes = [cls for module in modules for _, cls in inspect.getmembers(module, inspect.isclass)]
    return {vars(cls)[DEFINITION].name: cls for cls in classes if DEFINITION in vars(cls)}


async def replay(path: Path, *interceptors: Interceptor) -> None:
    history = WorkflowHistory.from_json(path.stem, await asyncio.to_thread(path.read_text, encoding="utf-8"))
    classes = list(all_workflows().values())
    replayer = Replayer(
        workflows=classes, workflow_runner=sandbox(), data_converter=pydantic_data_converter, interceptors=interceptors
    )
    await replayer.replay_workflow(history)


def workflow_type(path: Path) -> str:
    started = json.loads(path.read_text(encoding="utf-8"))["events"][0]
    return str(started["workflowExecutionStartedEventAttributes"]["workflowType"]["name"])


def texts(value: Any) -> Iterator[str]:
    """Every string of a history, payloads decoded."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), str):
            yield base64.b64decode(value["data"]).decode(errors="replace")
        for name, item in value.items():
            if name != "data":
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    await replay(path)


async def test_histories_of_before_signatures_replay_in_a_worker_that_checks_them() -> None:
    for path in RECORDED:
        await replay(path, SignatureCheck(SigningKeys("of a release that is later than these histories")))


@pytest.mark.parametrize("path", INCOMPATIBLE, ids=lambda path: path.stem)
async def test_a_history_of_other_steps_is_refused(path: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(path)


def test_every_workflow_has_recorded_histories() -> None:
    recorded = {workflow_type(path) for path in RECORDED}
    assert recorded == set(all_workflows())
    assert {workflow_type(path) for path in INCOMPATIBLE} <= recorded


@pytest.mark.parametrize("path", [*RECORDED, *INCOMPATIBLE], ids=lambda path: path.stem)
def test_no_history_names_the_machine_that_recorded_it(path: Path) -> None:
    found = [text for text in texts(json.loads(path.read_text(encoding="utf-8"))) if MACHINE.search(text)]
    assert found == []
