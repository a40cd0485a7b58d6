"""Every option of the Sigma sandbox, with its default. An option's help text is the second half of its annotation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Final

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
class Settings:
    """What the sandbox serves and how. All can be changed while it runs; tuples are lists in JSON."""

    members: Annotated[int, "how many members; one of them is inactive and one archived, from three on"] = 7
    workbooks: Annotated[int, "how many workbooks; one is private and one archived, from three on"] = 5
    rows: Annotated[int, "how many rows a list below an object has"] = 3
    files: Annotated[int, "how many files"] = 11
    page_cap: Annotated[int, "most rows of a page, silently clamped: Sigma's is 1000"] = 1000
    token_seconds: Annotated[float, "how long a token holds"] = 3600.0
    token_requests: Annotated[int, "how many requests a token is good for; 0 means any number"] = 0
    mints_a_second: Annotated[float, "how many tokens are given out a second; 0 means any number"] = 1.0
    archived_lists: Annotated[str, "what `isArchived=true` and its like do to a list: `add` or `replace`"] = "add"
    unpaged: Annotated[bool, "answer like before June 2026: some lists are bare arrays without `limit`"] = False
    error_entries: Annotated[bool, "put error objects into lists of files, and null into that of tenants"] = True
    datasets: Annotated[str, "`live`, or `retired`: all that has to do with datasets answers 410"] = "live"
    missing: Annotated[tuple[str, ...], "parts of paths that answer 404, such as an id"] = ()
    latency_ms: Annotated[int, "milliseconds that each answer takes"] = 0
    faults: Annotated[
        tuple[str, ...], "`kind:N` or `kind:N@part of a path`: spoil every Nth new request, see sandbox/sigma/faults.py"
    ] = ()
    fault_repeats: Annotated[int, "how many times in a row the same request is spoilt; 0 means always"] = 1
    credentials: Annotated[Mapping[str, Credential], "client ids, their secrets and whether they are of an admin"] = (
        field(
            default_factory=lambda: {
                CLIENT_ID: Credential(CLIENT_SECRET),
                VIEWER_ID: Credential(VIEWER_SECRET, admin=False),
            }
        )
    )

    def __post_init__(self) -> None:
        """Refuse what no code path knows, by name."""
        for name, known in (("archived_lists", ("add", "replace")), ("datasets", ("live", "retired"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; choose one of {', '.join(known)}")

    def changed(self, changes: Mapping[str, object]) -> "Settings":
        """Return a copy with `changes`, whose values may come from JSON. `ValueError` names an unknown setting."""
        unknown = set(changes) - {item.name for item in fields(self)}
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()}
        return replace(self, **plain)  # type: ignore[arg-type]
