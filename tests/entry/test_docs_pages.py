"""/docs and /redoc come whole from this server."""

import base64
import hashlib
import re

import httpx
import pytest

OTHER_HOST = re.compile(r"https?://")


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_a_page_names_no_other_host_and_all_its_files_are_here(client: httpx.AsyncClient, page: str) -> None:
    answer = await client.get(page)
    assert answer.headers["content-type"].startswith("text/html")
    assert not OTHER_HOST.search(answer.text)
    files = re.findall(r'(?:src|href|spec-url)="([^"]+)"', answer.text)
    assert len(files) >= 3
    for name in files:
        assert (await client.get(f"/{name}")).status_code == 200


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_the_browser_is_told_to_ask_no_other_host(client: httpx.AsyncClient, page: str) -> None:
    policy = (await client.get(page)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert not OTHER_HOST.search(policy)
    assert "*" not in policy


async def test_the_pages_only_inline_script_is_the_one_the_policy_allows(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "validatorUrl: null" in script


async def test_the_description_of_the_api_names_no_other_host(client: httpx.AsyncClient) -> None:
    """Example addresses under reserved names (RFC 2606) reach nobody."""
    found = re.findall(r"https?://([^/\"'\s\\`]+)", (await client.get("/openapi.json")).text)
    assert [
        host for host in found if not re.search(r"(^|\.)(example|example\.(org|com|net)|test|invalid)$", host)
    ] == []
