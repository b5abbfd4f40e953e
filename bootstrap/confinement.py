"""What strangers' documents and tools are kept from, established once in each process and said."""

import structlog

from adapters.confined.layers import ESSENTIAL, Layer, Report
from adapters.confined.libc import NotHadError
from adapters.confined.probe import probed
from adapters.confined.processes import hide_memory
from bootstrap.errors import ConfigurationError
from bootstrap.settings import Settings

_log = structlog.get_logger(__name__)


def keep_secrets_in(settings: Settings) -> None:
    """Keep this process's environment, memory and files from others of its user, unless debuggers may."""
    if settings.allow_debugger:
        _log.warning("memory_not_hidden", reason="ALLOW_DEBUGGER is set")
        return
    try:
        hide_memory()
    except NotHadError as error:
        _log.warning("memory_not_hidden", reason=str(error))


def required_layers(settings: Settings) -> tuple[Layer, ...]:
    """What every confined process has to have, or it does not do its work. The worker's own part is asked once."""
    if not settings.confinement_is_required:
        return ()
    return tuple(layer for layer in ESSENTIAL if layer is not Layer.PARENT)


async def establish_confinement(settings: Settings) -> Report:
    """Hide this worker's memory and find out what confines its children, in one line of the log.

    Raises ConfigurationError when CONFINEMENT requires what this machine does not give.
    """
    keep_secrets_in(settings)
    report = await probed()
    held = [layer.value for layer in report.held]
    if not report.missing:
        _log.info("confinement", held=held)
        return report
    missing = {layer.value: reason for layer, reason in report.missing.items()}
    _log.warning("confinement", held=held, missing=missing)
    lacking = report.lacks(ESSENTIAL)
    if settings.confinement_is_required and lacking:
        reasons = "; ".join(f"{layer.value} ({reason})" for layer, reason in lacking.items())
        raise ConfigurationError(
            f"CONFINEMENT=required, and this machine cannot keep documents and tools from: {reasons}. "
            "docs/DEPLOYMENT.md says what each needs; CONFINEMENT=best_effort starts without."
        )
    return report
