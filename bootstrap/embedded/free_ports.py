"""Free TCP ports on one host."""

import secrets
import socket
from collections.abc import Iterable

import psutil

from bootstrap.errors import StartupError

# Below the ports that systems give to outgoing connections and to whoever asks for any: between our asking and the
# server's listening, one of these is easily taken by a connection of another program.
_QUIET_PORTS = range(20_000, 30_000)
_TRIES = 50


def choose_port(preferred: int | None, host: str = "127.0.0.1", *, avoid: Iterable[int] = ()) -> int:
    """``preferred`` when it is free and not in ``avoid``, otherwise any free port.

    The port is free at the time of asking; nothing reserves it until the server listens.
    """
    taken = set(avoid)
    if preferred and preferred not in taken and is_free(preferred, host):
        return preferred
    for _ in range(_TRIES):
        port = secrets.choice(_QUIET_PORTS)
        if port not in taken and is_free(port, host):
            return port
    while (port := _any_free_port(host)) in taken:
        pass
    return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with _listening_socket(host) as probe:
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return False
    return True


def check_host(host: str) -> None:
    """Raise StartupError when no server can listen on ``host`` because it is no address of this machine."""
    try:
        _any_free_port(host)
    except OSError as error:
        cause = f"{host} (API_HOST) is no address of this machine ({error.strerror}); use 127.0.0.1 or 0.0.0.0"
        raise StartupError("API", cause) from error


def why_not_free(port: int, host: str) -> str:
    """Why nothing of ours can listen there, for a sentence about a port that is not free."""
    with _listening_socket(host) as probe:
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError:
            return "needs rights that this user does not have"
        except OSError:
            return f"is taken{_by_whom(port)}"
    return "was taken a moment ago"


def _by_whom(port: int) -> str:
    try:
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid:
                return f" by {psutil.Process(found.pid).name()} (process {found.pid})"
    except psutil.Error:
        # Other users' processes are not ours to see.
        pass
    return " by another program"


def _any_free_port(host: str) -> int:
    with _listening_socket(host) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _listening_socket(host: str) -> socket.socket:
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    # As servers do: connections in TIME_WAIT do not make a port unusable.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
