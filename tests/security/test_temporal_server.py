"""The embedded Temporal server against pages in a browser of the same machine: they can post to its ports."""

import http.client
import json
import socket
import sys

import pytest

from bootstrap.embedded.data_directory import some_loopback_address
from bootstrap.embedded.temporal import TemporalServer

FORGED = json.dumps({"workflowType": {"name": "ChatTurn"}, "taskQueue": {"name": "chat"}, "input": []})
START = "/api/v1/namespaces/default/workflows/forged"


def post(port: int, host: str, *, ip: str = "127.0.0.1") -> tuple[int, str]:
    """What a page's simple POST is answered with: no preflight, any content, the name by which it knows the port."""
    connection = http.client.HTTPConnection(ip, port, timeout=10)
    headers = {"Host": host, "Origin": "http://evil.example", "Content-Type": "text/plain"}
    connection.request("POST", START, FORGED, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:{port}", "localhost:{port}", "127.0.0.1", "localhost", "evil.example", "evil.example:{port}", ""],
)
def test_the_http_api_answers_to_no_name_that_a_page_can_use(temporal_server: TemporalServer, host: str) -> None:
    port = temporal_server.http_port
    assert post(port, host.format(port=port)) == (403, '{"code": 7, "message": "Host not allowed"}')


def test_the_name_it_answers_to_is_another_for_each_server(temporal_server: TemporalServer) -> None:
    command = temporal_server.command()
    mine = next(part for part in command if part.startswith("frontend.httpAllowedHosts="))
    other = TemporalServer(temporal_server.database, 1, 2, 3, temporal_server.log)
    assert mine not in other.command()
    assert len(json.loads(mine.partition("=")[2])[0]) > 32


def test_the_ui_takes_no_post_from_another_origin(temporal_server: TemporalServer) -> None:
    status, text = post(temporal_server.ui_port, f"127.0.0.1:{temporal_server.ui_port}", ip=temporal_server.ui_ip)
    assert (status, "csrf" in text) == (400, True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_the_ui_of_a_data_directory_stands_at_an_address_of_its_own() -> None:
    drawn = {some_loopback_address() for _ in range(20)}
    assert len(drawn) == 20
    for address in drawn:
        with socket.create_server((address, 0)):
            assert address.startswith("127.")
