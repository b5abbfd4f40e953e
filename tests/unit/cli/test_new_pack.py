"""A generated pack can be used as it is, and nothing is made of an id that will not do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.connection import Problem
from cli.new_pack import new_pack
from tests.architecture.sources import ROOT

NAMES = ("My Pack", "my pack", "Über Café & Söhne", "R2-D2's pack...", "Is it?", "7", "x" * 60, "word " * 11 + "word")
README = "# Answerable\n\n## Test\n\nmake test\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "__init__.py").touch()
    (tmp_path / "README.md").write_text(README)
    return tmp_path


@pytest.fixture
def generated(checkout: Path) -> Path:
    """Packs of every kind of name, made in one checkout that has the house's rules."""
    shutil.copy(ROOT / "pyproject.toml", checkout)
    # The order of imports depends on what stands beside the packs.
    (checkout / "sdk").symlink_to(ROOT / "sdk")
    for number, name in enumerate(NAMES):
        new_pack(f"pack_{number}", name, checkout)
    return checkout


def run_in(checkout: Path, *arguments: str) -> str:
    """What a program says that sees the checkout before everything else."""
    python_path = os.pathsep.join(str(path) for path in (checkout, ROOT, ROOT / "sdk"))
    done = subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": python_path, "MYPYPATH": str(ROOT / "sdk")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_generated_packs_stand_in_the_catalogue(generated: Path) -> None:
    program = (
        "from adapters.packs.catalog import InstalledPacks\n"
        "for pack in InstalledPacks(announced=()).summaries(): print(pack.display_name)\n"
    )
    assert run_in(generated, "-c", program).splitlines() == list(NAMES)


def test_generated_packs_pass_their_own_tests(generated: Path) -> None:
    said = run_in(generated, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(generated), "tests/unit/packs")
    assert f"{3 * len(NAMES)} passed" in said


@pytest.mark.parametrize("check", [("check",), ("format", "--check")])
def test_generated_packs_are_in_the_house_style(generated: Path, check: tuple[str, ...]) -> None:
    run_in(generated, "-m", "ruff", *check, "packs", "tests")


def test_generated_packs_have_sound_types(generated: Path) -> None:
    run_in(generated, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), "packs", "tests")


def test_the_readme_names_each_pack_once(checkout: Path) -> None:
    new_pack("one", "One", checkout)
    new_pack("two", "Two", checkout)
    text = (checkout / "README.md").read_text()
    assert [text.count(part) for part in ("## Packs", "**One**", "**Two**", "## Test")] == [1, 1, 1, 1]
    assert text.index("**One**") < text.index("**Two**") < text.index("## Test")


@pytest.mark.parametrize("pack_id", ["My-Pack", "1pack", "a", "../x", "import", ""])
def test_an_id_that_will_not_do_makes_nothing(checkout: Path, pack_id: str) -> None:
    with pytest.raises(Problem, match="not a valid pack id"):
        new_pack(pack_id, "My Pack", checkout)
    assert [one.name for one in (checkout / "packs").iterdir()] == ["__init__.py"]
    assert (checkout / "README.md").read_text() == README


@pytest.mark.parametrize("name", ["", 'a"b', "x" * 61, "${x}", "a\u202eb"])
def test_a_name_that_will_not_do_makes_nothing(checkout: Path, name: str) -> None:
    with pytest.raises(Problem, match="display name"):
        new_pack("mypack", name, checkout)
    assert not (checkout / "packs" / "mypack").exists()


def test_a_pack_that_is_there_stays_as_it_is(checkout: Path) -> None:
    new_pack("mypack", "My Pack", checkout)
    with pytest.raises(Problem, match="already exists"):
        new_pack("mypack", "Another", checkout)
    assert "My Pack" in (checkout / "packs" / "mypack" / "pack.py").read_text()
