"""The connector: the manifest, run by the engine."""

import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteConnectionStatus, AirbyteMessage, AirbyteStateMessage, ConfiguredAirbyteCatalog
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.check import check_connection, unknown_projects
from sourcewright.cli.inputs import wrong_input
from sourcewright.engine.cursor import ProjectCursor
from sourcewright.engine.source import KitSource
from sourcewright.http.rate_limits import Limits


def endpoint_of(url: str) -> str:
    """`https://host/sub/api/0/projects/acme/web/events/?…` -> `projects/*/*/events`, which Sentry's limits are for."""
    path = re.split(r"[?#]", url)[0].rpartition("/api/0/")[2].strip("/")
    return re.sub(r"^organizations/[^/]+", "organizations/*", re.sub(r"^projects/[^/]+/[^/]+", "projects/*/*", path))


class SourceSentry(KitSource):
    """Reads a Sentry organization as source_sentry/manifest.yaml says."""

    manifest = Path(__file__).with_name("manifest.yaml")
    limits: ClassVar[Limits] = Limits("X-Sentry-Rate-Limit-", endpoint_of)
    cursor_class = ProjectCursor

    @override
    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return check_connection(self)

    @override
    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        if self._config["projects"] and any(self._reads_projects(stream.stream.name) for stream in catalog.streams):
            self._require_known_projects()
        yield from super().read(logger, config, catalog, state)

    def stream_scopes(self) -> Mapping[str, str]:
        """Scope that each stream needs: {"events": "project:read"}."""
        return {stream["name"]: stream["$parameters"]["scope"] for stream in self.resolved_manifest["streams"]}

    def _reads_projects(self, stream: str) -> bool:
        definition = self.resolved_manifest["definitions"].get(stream, {})
        return stream == "projects" or "partition_router" in definition.get("retriever", {})

    def _require_known_projects(self) -> None:
        """Say which configured projects do not exist; fail when none does, as all would be empty."""
        try:
            visible = {project["slug"] for project in self.read_parent("project_list")}
        except AirbyteTracedException:
            return  # the streams that need the list tell it
        unknown = sorted(set(self._config["projects"]) - visible)
        if not unknown:
            return
        message = unknown_projects(unknown, self._config["organization"], sorted(visible))
        if visible.isdisjoint(self._config["projects"]):
            raise wrong_input(message)
        self.logger.warning("Skipped: %s", message)
