"""What is missing for an evaluation in one process is named with the command that installs it."""

import sys
from pathlib import Path

import pytest

from bootstrap.errors import ConfigurationError
from eval.in_process import time_skipping_temporal


async def test_a_missing_test_server_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ConfigurationError, match="make setup-dev"):
        async with time_skipping_temporal():
            pass
