"""Every option of the Sigma sandbox, with its default. An option's help text is the second half of its annotation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from saas_sandbox.common import settings

CLIENT_ID: Final = "sandbox_admin_0123456789abcdef0123456789abcdef"
CLIENT_SECRET: Final = "sandbox_secret_0123456789abcdef0123456789abcdef"  # noqa: S105 - a fake one
VIEWER_ID: Final = "sandbox_viewer_0123456789abcdef0123456789abcdef"
VIEWER_SECRET: Final = "sandbox_viewer_secret_0123456789abcdef01234567"  # noqa: S105 - a fake one


@dataclass(frozen=True)
class Credential:
    """An API credential: what its owner may see depends on who it is."""

    secret: str
    admin: bool = True


@dataclass(frozen=True)
class Settings(settings.Settings):
    """What the sandbox serves and how. All can be changed while it runs."""

    members: Annotated[int, "how many members; one of them is inactive and one archived, from three on"] = 7
    workbooks: Annotated[int, "how many workbooks; one is private and one archived, from three on"] = 5
    rows: Annotated[int, "how many rows a list below an object has"] = 3
    files: Annotated[int, "how many files"] = 11
    page_cap: Annotated[int, "most rows of a page, silently clamped: Sigma's is 1000"] = 1000
    token_seconds: Annotated[float, "how long a token holds"] = 3600.0
    token_requests: Annotated[int, "how many requests a token is good for; 0 means any number"] = 0
    requests_a_second: Annotated[
        int, "how many requests are answered in any second, others with 429 and no word on when; 0 means any number"
    ] = 0
    mints_a_second: Annotated[float, "how many tokens are given out a second; 0 means any number"] = 1.0
    archived_lists: Annotated[
        Literal["add", "replace"], "what `isArchived=true` and its like do to a list: `add` or `replace`"
    ] = "add"
    unpaged: Annotated[bool, "answer like before June 2026: some lists are bare arrays without `limit`"] = False
    error_entries: Annotated[bool, "put error objects into lists of files, and null into that of tenants"] = True
    datasets: Annotated[
        Literal["live", "retired"], "`live`, or `retired`: all that has to do with datasets answers 410"
    ] = "live"
    missing: Annotated[tuple[str, ...], "parts of paths that answer 404, such as an id"] = ()
    credentials: Annotated[Mapping[str, Credential], "client ids, their secrets and whether they are of an admin"] = (
        field(
            default_factory=lambda: {
                CLIENT_ID: Credential(CLIENT_SECRET),
                VIEWER_ID: Credential(VIEWER_SECRET, admin=False),
            }
        )
    )
