"""Free TCP ports on one host."""

import socket
from collections.abc import Iterable


def choose_port(preferred: int | None, host: str = "127.0.0.1", *, avoid: Iterable[int] = ()) -> int:
    """``preferred`` when it is free and not in ``avoid``, otherwise a free port that the system picks.

    The port is free at the time of asking; nothing reserves it until the server listens.
    """
    taken = set(avoid)
    if preferred and preferred not in taken and is_free(preferred, host):
        return preferred
    while True:
        port = _any_free_port(host)
        if port not in taken:
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
