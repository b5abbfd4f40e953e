"""What a hostile document or tool tries against the platform, and that each of it fails or is said to be possible."""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from adapters.confined.layers import ESSENTIAL, Layer, Report
from adapters.confined.probe import probed
from bootstrap.confinement import establish_confinement, required_layers
from bootstrap.errors import ConfigurationError
from bootstrap.settings import Profile, Settings
from tests.security.confinement.attacks import ATTACKS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
AS = ("root", "user") if IS_ROOT else ("user",)
# As root in the namespaces of the machine every one of them works, but for what an architecture or a kernel lacks.
MAY_FAIL_FREELY = {"call_by_x32", "load_a_program_into_the_kernel", "use_a_ring_for_calls", "mount_something"}


@cache
def attacked(who: str) -> dict[str, Any]:
    """The worker's own account of what came of the attacks; each kind of worker is attacked once."""
    command = [sys.executable, "-P", "-m", "tests.security.confinement.attacked_worker", who]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": path()})
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def path() -> str:
    return os.pathsep.join(filter(None, sys.path))


@pytest.mark.parametrize("who", AS)
@pytest.mark.parametrize("kind", ["parser", "tool"])
def test_an_attack_succeeds_only_where_the_report_says_that_its_layers_are_missing(who: str, kind: str) -> None:
    found = attacked(who)
    results, missing = found[kind]["attacks"], set(found["missing"])
    assert set(results) == set(ATTACKS)
    unreported = {
        name: [layer.value for layer in stopped_by if layer not in missing]
        for name, (_, stopped_by) in ATTACKS.items()
        if not results[name] and not stopped_by <= missing
    }
    assert unreported == {}


@pytest.mark.parametrize("who", AS)
def test_nothing_outlives_its_job(who: str) -> None:
    found = attacked(who)
    assert found["left_unconfined"] == 1
    assert found["survivors"] == {"parser": 0, "tool": 0}


@pytest.mark.parametrize("who", AS)
@pytest.mark.parametrize("kind", ["parser", "tool"])
def test_ordinary_work_still_works(who: str, kind: str) -> None:
    assert {"pack.py", "howto", "sql"} <= set(attacked(who)[kind]["work"])


@pytest.mark.parametrize("who", AS)
@pytest.mark.parametrize("kind", ["parser", "tool"])
def test_the_environment_holds_nothing_of_the_workers(who: str, kind: str) -> None:
    assert "do-not-tell" not in attacked(who)[kind]["environment"].values()


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user may not do most of it anyway")
def test_the_attacks_are_real() -> None:
    failed = {name: why for name, why in attacked("root")["unconfined"].items() if why}
    assert set(failed) <= MAY_FAIL_FREELY


async def test_the_probe_says_what_this_machine_gives() -> None:
    """It finds what the attacks find: nothing that holds here is reported missing, but for this process's own part."""
    report = await probed()
    assert report.missing.keys() - {Layer.PARENT} == attacked(AS[0])["missing"].keys() - {Layer.PARENT}
    assert Layer.PARENT in report.missing


def test_without_a_required_layer_a_process_does_not_do_its_work() -> None:
    program = (
        "from adapters.confined.layers import Layer\n"
        "from adapters.confined.process_limits import ProcessLimits\n"
        "from adapters.confined.sandbox import ConfinementRefusedError, Sandbox\n"
        "lacking = Sandbox(False, (), frozenset(), {Layer.NETWORK: 'there is none'})\n"
        "try:\n    lacking.enter(ProcessLimits(), required=(Layer.NETWORK,))\n"
        "except ConfinementRefusedError as error:\n    print(error)\n"
    )
    command = [sys.executable, "-P", "-c", program]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert done.stdout.decode().strip().endswith("asks for: network")


def test_a_report_names_what_it_lacks_of_the_essential() -> None:
    report = Report(missing={Layer.NETWORK: "no namespaces", Layer.FILES: "no Landlock"})
    assert report.lacks(ESSENTIAL) == {Layer.FILES: "no Landlock"}
    assert Layer.USER in report.held


async def test_a_worker_that_requires_confinement_does_not_start_without_it() -> None:
    """Asked of this process, which hides nothing: whoever lets debuggers in lets other processes of its user in."""
    required = Settings(confinement="required", allow_debugger=True, _env_file=None)
    with pytest.raises(ConfigurationError, match="parent"):
        await establish_confinement(required)
    report = await establish_confinement(Settings(confinement="best_effort", allow_debugger=True, _env_file=None))
    assert Layer.PARENT in report.missing


def test_production_requires_confinement_and_development_does_not() -> None:
    production = Settings.model_construct(profile=Profile.PRODUCTION, confinement=None)
    assert production.confinement_is_required
    assert Layer.SYSTEM_CALLS in required_layers(production)
    development = Settings.model_construct(profile=Profile.DEVELOPMENT, confinement=None)
    assert required_layers(development) == ()
