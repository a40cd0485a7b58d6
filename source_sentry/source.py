"""The connector: the manifest, run by the engine."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Final

from airbyte_cdk.models import AirbyteConnectionStatus
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from typing_extensions import override

from source_sentry import components
from source_sentry.check import check_connection
from source_sentry.comparison import closed_projects, no_projects, unknown_environments, unknown_projects
from source_sentry.components import ProjectRouter, RowsRouter
from source_sentry.explore.datasets import DATASETS
from source_sentry.explore.queries import ask_kinds, query_stream, require_own_names
from source_sentry.explore.retriever import RowsRetriever
from source_sentry.life.roll import Roll
from source_sentry.projects import explain_renamed, renamed
from source_sentry.redactions import require_redactions
from source_sentry.server import Server
from sourcewright.components.runtime import Row
from sourcewright.engine.cursor import WindowCursor
from sourcewright.engine.source import ManifestSource
from sourcewright.http.rate_limits import Limits
from sourcewright.inputs import wrong_input

_OF_PROJECTS: Final = ("id", "project", "hasAccess", *ProjectRouter.looks_at)
"""All that any stream needs of the projects, so that their list is read once."""
_AGE: Final = 'config["server"].is_old'


class SourceSentry(ManifestSource):
    """Reads a Sentry organization as source_sentry/manifest.yaml says."""

    manifest = Path(__file__).with_name("manifest.yaml")
    account_settings: ClassVar = ("hostname", "organization")
    limits: ClassVar[Limits] = Limits("X-Sentry-Rate-Limit-")
    cursor_class = WindowCursor
    retriever_classes: ClassVar = {"dataset": RowsRetriever}

    @override
    def found_settings(self) -> Mapping[str, Any]:
        server = Server(self.settings, self._rows_of, self._refusals)
        return {"server": server, "roll": Roll(self.ask, server), "datasets": DATASETS}

    @override
    def stream_settings(self) -> Mapping[str, Any]:
        queries = self.settings.get("explore_queries", ())
        streams = {str(stream["name"]): stream for stream in self.resolved_manifest["streams"]}
        require_own_names(queries, streams)
        require_redactions(self.settings, {**streams, **{str(query["name"]): {} for query in queries}})
        return {"query_streams": list(map(query_stream, queries))}

    def _rows_of(self, name: str, *fields: str) -> list[Row]:
        """Records of a definition, with the retries of what is done."""
        return self.parent_rows(name, *fields) if self.is_reading else self.read_definition(name)

    @override
    def connection(self) -> AirbyteConnectionStatus:
        return check_connection(self)

    def prove_queries(self) -> None:
        """Fail if a query of the user is wrong, in the server's own words."""
        for query in map(query_stream, self.settings["explore_queries"]):
            ask_kinds(self.read_definition, query["name"], query["dataset"], query["columns"], query["search"])

    @override
    def prepare(self, streams: list[DeclarativeStream]) -> None:
        """Follow configured projects that were renamed, and warn of settings that name what does not exist.

        Fail if nothing of a setting exists, because all streams would be empty.
        """
        needed = self._needed([str(stream.name) for stream in streams])
        by_project, across = list(filter(self._is_by_project, needed)), list(filter(self._is_across_projects, needed))
        if by_project or across:
            with ThreadPoolExecutor(1) as meanwhile:
                if any(map(self._is_by_age, needed)):
                    # Its error is for the streams that ask for it later, if the list has none
                    meanwhile.submit(lambda: self.settings["server"].is_old)
                self._compare_projects(across, is_narrowed=bool(by_project))
        if self.settings["environments"] and any(map(self._is_by_environment, needed)):
            self._compare_environments()

    def _compare_projects(self, across: list[str], *, is_narrowed: bool) -> None:
        try:
            rows = self.parent_rows("project_list", *_OF_PROJECTS)
        except AirbyteTracedException:
            return  # the streams that need the list fail with this error
        if is_narrowed:
            self._follow_renamed({str(row["id"]): str(row["slug"]) for row in rows})
            self._warn_of(*unknown_projects(rows, self.settings), self.settings["projects"])
        if not rows:
            self.logger.warning(no_projects(self.settings["organization"]))
        if across and (closed := closed_projects(rows, across)):
            self.logger.warning(closed)

    def _compare_environments(self) -> None:
        names = self.settings["server"].environment_names()
        if names is not None:
            self._warn_of(*unknown_environments(names, self.settings), self.settings["environments"])

    def _warn_of(self, unknown: list[str], message: str, wanted: list[str]) -> None:
        if unknown and set(unknown) == set(wanted):
            raise wrong_input(message)
        if unknown:
            self.logger.warning("Skipped: %s", message)

    def _follow_renamed(self, visible: Mapping[str, str]) -> None:
        """Put the new slugs of renamed projects in the setting `projects`, whose list all streams share."""
        projects = self.settings["projects"]
        new_slugs = renamed(self.read_definition, sorted(set(projects) - set(visible.values())), visible)
        for sentence in explain_renamed(new_slugs):
            self.logger.warning("%s", sentence)
        projects[:] = [new_slugs.get(slug, slug) for slug in projects]

    def _needed(self, streams: list[str]) -> list[str]:
        """`streams` and those that they are read below."""
        needed = list(streams)
        for name in needed:
            parent = self._retriever(name).get("partition_router", {}).get("parent")
            if parent and parent not in needed:
                needed.append(parent)  # whose own parent comes next
        return needed

    def _retriever(self, name: str) -> Mapping[str, Any]:
        retriever: Mapping[str, Any] = self.definition(name)["retriever"]
        return retriever

    def _is_by_project(self, name: str) -> bool:
        """Whether the setting `projects` limits what is read of a stream."""
        return name == "projects" or issubclass(self._router(name), ProjectRouter)

    def _is_by_age(self, name: str) -> bool:
        """Whether the requests of a stream depend on how old the server is."""
        return _AGE in str(self._retriever(name)["requester"])

    def _is_across_projects(self, name: str) -> bool:
        """Whether a stream is one list over all projects that are open to the token."""
        if issubclass(self._router(name), RowsRouter):
            return not self.settings["projects"] and bool(self.settings["server"].is_across_projects)
        return "-1" in str(self._retriever(name)["requester"].get("request_parameters", {}).get("project"))

    def _router(self, name: str) -> type:
        """Class of what makes the partitions of a stream; `object` for one without."""
        class_name = self._retriever(name).get("partition_router", {}).get("class_name", "")
        found: type = getattr(components, class_name.rpartition(".")[2], object)
        return found

    def _is_by_environment(self, name: str) -> bool:
        """Whether the setting `environments` limits what is read of a stream."""
        requester = self._retriever(name)["requester"]
        return "environment" in requester.get("request_parameters", {}) or bool(requester.get("by_environment"))
