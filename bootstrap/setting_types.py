"""The types of settings: what their values have to look like."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bootstrap.connections import check_address, normalise_database_url
from domain.identity.signing import MIN_KEY_CHARACTERS

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
Address = Annotated[str, AfterValidator(check_address)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(normalise_database_url)]
SigningKey = Annotated[SecretStr, Field(min_length=MIN_KEY_CHARACTERS)]
Port = Annotated[int, Field(ge=1, le=65535)]
_NO_LIST = """names whose each address is: {"PACK": [URL, …], "PACK.TOOL": [URL, …]}; it is no list for all tools"""


def _by_tool(value: object) -> object:
    if isinstance(value, list | tuple):
        raise ValueError(_NO_LIST)  # noqa: TRY004 - a ValidationError is made of it
    return value


ServiceUrl = Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/[^\s@]*)?$")]
AllowedUrls = Annotated[dict[str, tuple[ServiceUrl, ...]], BeforeValidator(_by_tool)]


def is_open_to_listeners(url: str) -> bool:
    """Whether what is sent to ``url`` can be read on its way."""
    parts = urlsplit(url)
    return parts.scheme != "https" and parts.hostname not in _LOOPBACK
