"""Sentry's description of its API: which paths it has, what they answer, and an example of each answer."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from unit_tests.source_sentry.conformance.shapes import Shape, shape_of

ROOT: Final = Path(__file__).parents[3]
SENTRY_OPENAPI: Final = "SENTRY_OPENAPI"
PATH: Final = (ROOT / os.environ.get(SENTRY_OPENAPI, "../shared/data/sentry-openapi.json")).resolve()
ABSENT: Final = f"There is no API description at {PATH}: {SENTRY_OPENAPI} says where it is."


@dataclass(frozen=True)
class Get:
    """A described GET: its path as described, and what it answers."""

    path: str
    answer: Shape
    examples: list[Any]


@dataclass(frozen=True)
class Description:
    """The description; its paths are known by `position`, since placeholders have any name."""

    content: Mapping[str, Any]

    @cached_property
    def gets(self) -> Mapping[str, Get]:
        """Every GET: {"organizations/{}/teams/": Get}."""
        operations = {path: about["get"] for path, about in self.content["paths"].items() if "get" in about}
        return {position(path): self._get(path, operation) for path, operation in operations.items()}

    def _get(self, path: str, operation: Mapping[str, Any]) -> Get:
        components = self.content.get("components", {}).get("schemas", {})
        answer = next(about for status, about in operation["responses"].items() if status.startswith("2"))
        content = answer.get("content", {}).get("application/json", {})
        examples = [example["value"] for example in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        return Get(path, shape_of(content.get("schema", {}), components), examples)


def position(path: str) -> str:
    """`/api/0/projects/{organization_id_or_slug}/{p}/keys/` and `projects/{organization}/{project}/keys/` are one."""
    return re.sub(r"{[^}]*}", "{}", path.removeprefix("/api/0").strip("/")) + "/"


@cache
def description() -> Description:
    """The description at `PATH`, which is 4 MB and read once.

    Raises:
        FileNotFoundError: There is none.

    """
    return Description(json.loads(PATH.read_bytes()))
