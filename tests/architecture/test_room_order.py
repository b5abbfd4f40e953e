"""The order of rooms inside a layer is held: an import that runs against it breaks the contract."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT

_LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
ORDERED = {one["containers"][0]: one for one in _LINTER["contracts"] if "containers" in one}


def rooms(contract: dict[str, Any]) -> list[str]:
    """One room of each level, the highest first."""
    return [level.split(" | ")[0] for level in contract["layers"]]


def is_kept(folder: Path, container: str, importing: str, imported: str) -> bool:
    """Whether the contract holds in a tree of empty rooms in which one imports another."""
    contract = ORDERED[container]
    for level in contract["layers"]:
        for room in level.split(" | "):
            module = folder / container / room / "__init__.py"
            module.parent.mkdir(parents=True, exist_ok=True)
            module.write_text(f"import {container}.{imported}\n" if room == importing else "", encoding="utf-8")
    (folder / container / "__init__.py").touch()
    lines = [
        *("[importlinter]", f"root_package = {container}", "[importlinter:contract:order]", "name = order"),
        *("type = layers", f"containers = {container}", "layers =", *(f"    {level}" for level in contract["layers"])),
    ]
    (folder / "contracts.ini").write_text("\n".join(lines), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", "contracts.ini", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("container", ORDERED)
def test_a_room_may_import_those_below_it_and_none_above(container: str, tmp_path: Path) -> None:
    highest, *_, lowest = rooms(ORDERED[container])

    assert is_kept(tmp_path / "downwards", container, highest, lowest)
    assert not is_kept(tmp_path / "upwards", container, lowest, highest)


def test_every_folder_of_an_ordered_layer_has_its_place() -> None:
    for container, contract in ORDERED.items():
        named = {room for level in contract["layers"] for room in level.split(" | ")}
        folders = {path.parent.name for path in (ROOT / container).glob("*/__init__.py")}
        assert folders <= named, folders - named
