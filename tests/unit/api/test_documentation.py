"""The page that shows the API, and the headers of every answer."""

import re

import httpx
import pytest


async def test_the_page_loads_nothing_from_anywhere_else(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/docs")
    addresses = re.findall(r"(?:src|href)=\"([^\"]*)\"", page.text)

    assert page.status_code == 200
    assert len(addresses) == 4
    assert "://" not in page.text
    for address in addresses:
        answer = await anonymous.get(address)
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")
        assert len(answer.content) == int(answer.headers["content-length"])
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("name", ["..%2fcore.py", "core.py", "redoc.standalone.js", "x"])
async def test_only_the_pages_own_files_are_served(anonymous: httpx.AsyncClient, name: str) -> None:
    assert (await anonymous.get(f"/docs/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/health", "/v1/openapi.json", "/nothing", "/v1/datasets", "/docs/start.js"])
async def test_every_answer_says_that_it_is_no_page(anonymous: httpx.AsyncClient, path: str) -> None:
    headers = (await anonymous.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers.get_list("content-security-policy", split_commas=False) == [headers["content-security-policy"]]
