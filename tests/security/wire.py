"""HTTP without the manners of a client library: repeated headers, odd paths, lengths that are not true."""

import http.client
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Headers = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


def exchange(
    url: str,
    method: str,
    target: str,
    headers: Headers = (),
    content: bytes | None = None,
    announced: str | None = None,
) -> Answer:
    """Send one request on a connection of its own. ``announced`` is the Content-Length to claim."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if content is not None or announced is not None:
            connection.putheader("Content-Length", announced if announced is not None else str(len(content or b"")))
        # It may be refused before all of it was read; the answer is there to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(content)
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, fields, response.read())
    finally:
        connection.close()
