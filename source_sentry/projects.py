"""Projects that were renamed: Sentry answers what is asked of the old slug with a redirect to the new one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.http.redirects import leads_elsewhere

_URL: Final = re.compile(r"(?P<base>.*/api/0/projects/[^/?]+/)(?P<slug>[^/?]+)(?P<rest>.*)")
_SLUG: Final = re.compile(r"[\w-]+")


class Lookup(Protocol):
    """Reads a definition of the manifest, with some settings of its own."""

    def __call__(self, name: str, /, **settings: str) -> Iterable[Mapping[str, Any]]:
        """All records of the definition `name`, read once."""


def renaming(asked: str, answered: str) -> tuple[str, str] | None:
    """Old and new slug, if a redirect leads to the same request of another project.

    `…/projects/acme/web/keys/`, `…/projects/acme/website/keys/` -> ("web", "website"); anything else -> None
    """
    old, new = _URL.fullmatch(asked), _URL.fullmatch(answered)
    if not (old and new) or leads_elsewhere(f"{old['base']}{new['slug']}{old['rest']}", answered):
        return None
    return old["slug"], new["slug"]


def find_project(lookup: Lookup, slug: str) -> Mapping[str, Any] | None:
    """The project that has, or had, a slug: {"id": "42", "slug": "website", …}; None if the token sees none."""
    if not _SLUG.fullmatch(slug):
        return None
    try:
        return next(iter(lookup("project_of_slug", asked_slug=slug)), None)
    except AirbyteTracedException:
        return None


def renamed(lookup: Lookup, unknown: Iterable[str], visible: Mapping[str, str]) -> dict[str, str]:
    """Old slug -> new slug, for those of `unknown` that are old slugs of `visible` projects ({id: slug})."""
    found = {slug: find_project(lookup, slug) for slug in unknown if visible}
    ids = {slug: str(project.get("id")) for slug, project in found.items() if project}
    return {slug: visible[number] for slug, number in ids.items() if number in visible}


def explain_renamed(renamed_slugs: Mapping[str, str]) -> list[str]:
    """One sentence for each configured project that was renamed."""
    return [
        f"Project `{old}` of setting `projects` is now called `{new}`, and is read as that: change the setting."
        for old, new in sorted(renamed_slugs.items())
    ]
