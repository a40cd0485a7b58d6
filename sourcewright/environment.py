"""Variables of the environment that decide how servers are reached: certificates and proxies."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

_OF_REQUESTS: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_OF_OPENSSL: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def trust_named_certificates() -> str | None:
    """Trust the certificates that a variable names; why they cannot be used, None if they can.

    requests knows the first two variables only, and fails in the midst of a sync where the file is missing.
    """
    variable = next((name for name in (*_OF_REQUESTS, *_OF_OPENSSL) if os.environ.get(name)), None)
    if variable is None:
        return None
    path = os.environ[variable]
    if problem := _explain_unusable(path):
        return (
            f"`{path}`, which the variable `{variable}` names, {problem}: correct the variable, or unset it to trust "
            "the usual authorities."
        )
    os.environ[_OF_REQUESTS[0]] = path
    return None


def _explain_unusable(path: str) -> str | None:
    """Why `path` is no file, and no folder, of certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if not Path(path).is_dir():
            context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "holds no certificates"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def look_up_once(session: requests.Session) -> None:
    """Let a session look for the proxy of each host once, and not for each request."""
    look_up, found = session.merge_environment_settings, dict[tuple[str, str], Mapping[str, Any]]()

    def remembered(url: str, **options: Any) -> dict[str, Any]:
        scheme, host, *_ = urlsplit(url)
        if (scheme, host) not in found:
            found[scheme, host] = look_up(url, **options)
        return dict(found[scheme, host])

    session.merge_environment_settings = remembered  # type: ignore[assignment,method-assign]  # the engine made it


def proxy_of(url: str) -> str | None:
    """The proxy that requests to `url` go through, without its password; None if they go straight."""
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.netloc.rpartition("@")[2]
