"""A generated pack can be used as it is, and nothing is made of an id that will not do."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.connection import Problem
from cli.new_pack import new_pack

README = "# Answerable\n\n## Test\n\nmake test\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "__init__.py").touch()
    (tmp_path / "README.md").write_text(README)
    return tmp_path


def test_a_generated_pack_passes_its_own_test_and_stands_in_the_catalogue(checkout: Path) -> None:
    made = new_pack("mypack", "My Pack", checkout)
    root = Path(__file__).parents[3]
    program = (
        f"import sys; sys.path[:0] = [{str(checkout)!r}, {str(root)!r}, {str(root / 'sdk')!r}]\n"
        "from adapters.pack_catalog import InstalledPacks\n"
        "(pack,) = InstalledPacks(announced=()).summaries()\n"
        "print(pack.pack_id, pack.display_name, pack.sample_questions[0])\n"
        f"exec(open({str(checkout / 'tests/unit/packs/test_mypack.py')!r}).read())\n"
        "[value() for name, value in list(globals().items()) if name.startswith('test_')]\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"mypack My Pack {made.sample_question}"


def test_the_readme_names_each_pack_once(checkout: Path) -> None:
    new_pack("one", "One", checkout)
    new_pack("two", "Two", checkout)
    text = (checkout / "README.md").read_text()
    assert [text.count(part) for part in ("## Packs", "**One**", "**Two**", "## Test")] == [1, 1, 1, 1]
    assert text.index("**One**") < text.index("**Two**") < text.index("## Test")


@pytest.mark.parametrize("pack_id", ["My-Pack", "1pack", "a", "../x", "import", ""])
def test_an_id_that_will_not_do_makes_nothing(checkout: Path, pack_id: str) -> None:
    with pytest.raises(Problem, match="no id for a pack"):
        new_pack(pack_id, "My Pack", checkout)
    assert [one.name for one in (checkout / "packs").iterdir()] == ["__init__.py"]
    assert (checkout / "README.md").read_text() == README


@pytest.mark.parametrize("name", ["", 'a"b', "x" * 81, "${x}"])
def test_a_name_that_will_not_do_makes_nothing(checkout: Path, name: str) -> None:
    with pytest.raises(Problem, match="display name"):
        new_pack("mypack", name, checkout)
    assert not (checkout / "packs" / "mypack").exists()


def test_a_pack_that_is_there_stays_as_it_is(checkout: Path) -> None:
    new_pack("mypack", "My Pack", checkout)
    with pytest.raises(Problem, match="exists already"):
        new_pack("mypack", "Another", checkout)
    assert "My Pack" in (checkout / "packs" / "mypack" / "pack.py").read_text()
