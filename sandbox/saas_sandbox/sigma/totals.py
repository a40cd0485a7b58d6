"""Everything that exists, by stream."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from saas_sandbox.sigma.data import content
from saas_sandbox.sigma.endpoint import Endpoint
from saas_sandbox.sigma.endpoints import ENDPOINTS
from saas_sandbox.sigma.state import State
from saas_sandbox.sigma.world import PARENTS

_BELOW_DOCUMENTS: Final = {"pageId": content.page, "elementId": content.element}


def totals(state: State) -> dict[str, list[dict[str, Any]]]:
    """Return everything that could be read by an admin who skips the permission check, by endpoint.

    {"workbook_pages": [{"path": {"workbookId": "w"}, "row": {"pageId": "p", …}}, …], …}, archived objects included,
    but nothing below them, and nothing of the lists that want a selector.
    """
    return {
        endpoint.name: [
            {"path": ids, "row": row} for ids in _parents(state, endpoint) for row in endpoint.rows(state.world, ids)
        ]
        for endpoint in ENDPOINTS
        if not endpoint.selectors
    }


def _parents(state: State, endpoint: Endpoint) -> Iterator[dict[str, str]]:
    """Return every set of ids that the path of an endpoint can have."""
    names = re.findall(r"{(\w+)}", endpoint.path)
    for values in product(*(_values(state, name) for name in names)):
        yield dict(zip(names, values, strict=True))


def _values(state: State, name: str) -> list[str]:
    if name == "tagName":
        return [content.document_tag(number, "workbook")["name"] for number in range(2)]
    if name in _BELOW_DOCUMENTS:
        return [_BELOW_DOCUMENTS[name](number)[name] for number in range(state.world.rows)]
    parents = state.world.lists[PARENTS[name]]
    return [row[name] for row in parents if not row.get("isArchived") and not row.get("isInactive")]
