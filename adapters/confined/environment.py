"""What a confined process sees of the worker's environment."""

import os
import sys
from tempfile import gettempdir


def bare_environment() -> dict[str, str]:
    """What an interpreter needs to find its modules, and nothing else: no address, no key, no password."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "HOME": gettempdir(),
        # What unstructured would otherwise report to its makers, and print.
        "DO_NOT_TRACK": "true",
        "SCARF_NO_ANALYTICS": "true",
        "UNSTRUCTURED_DISABLE_NOTICE": "1",
    }
