"""The connector: the manifest, run by the engine."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from airbyte_cdk.models import AirbyteConnectionStatus
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry.check import check_connection, unknown_projects
from source_sentry.components import ProjectRouter
from source_sentry.projects import explain_renamed, renamed
from sourcewright.engine.cursor import WindowCursor
from sourcewright.engine.source import ManifestSource
from sourcewright.http.rate_limits import Limits
from sourcewright.inputs import wrong_input


class SourceSentry(ManifestSource):
    """Reads a Sentry organization as source_sentry/manifest.yaml says."""

    manifest = Path(__file__).with_name("manifest.yaml")
    limits: ClassVar[Limits] = Limits("X-Sentry-Rate-Limit-")
    cursor_class = WindowCursor

    @override
    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return check_connection(self)

    @override
    def prepare(self, streams: list[DeclarativeStream]) -> None:
        """Follow configured projects that were renamed, and warn of those that do not exist.

        Fail if none exists, because all streams would be empty.
        """
        if not self.settings["projects"] or not any(self._is_narrowed(str(stream.name)) for stream in streams):
            return
        try:
            visible = {str(row["id"]): str(row["slug"]) for row in self.parent_rows("project_list", "id", "slug")}
        except AirbyteTracedException:
            return  # the streams that need the list fail with this error
        self._follow_renamed(visible)
        unknown = sorted(set(self.settings["projects"]) - set(visible.values()))
        if not unknown:
            return
        message = unknown_projects(unknown, self.settings["organization"], sorted(visible.values()))
        if set(visible.values()).isdisjoint(self.settings["projects"]):
            raise wrong_input(message)
        self.logger.warning("Skipped: %s", message)

    def _follow_renamed(self, visible: Mapping[str, str]) -> None:
        """Put the new slugs of renamed projects in the setting `projects`, whose list all streams share."""
        projects = self.settings["projects"]
        new_slugs = renamed(self.read_definition, sorted(set(projects) - set(visible.values())), visible)
        for sentence in explain_renamed(new_slugs):
            self.logger.warning("%s", sentence)
        projects[:] = [new_slugs.get(slug, slug) for slug in projects]

    def stream_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Parameters of each stream: {"events": {"scope": "project:read", "endpoint": "projects/…"}}."""
        return {str(stream.name): stream.parameters or {} for stream in self.stream_models()}

    def _is_narrowed(self, name: str) -> bool:
        """Whether the setting `projects` limits what is read of a stream, or of its parent."""
        router = self.resolved_manifest["definitions"][name]["retriever"].get("partition_router", {})
        by_project = str(router.get("class_name")).endswith(ProjectRouter.__name__)
        return name == "projects" or by_project or ("parent" in router and self._is_narrowed(router["parent"]))
