"""What a source says of itself, from its manifest and its settings."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource


class DescribedSource(YamlDeclarativeSource):
    """A declarative source that can be asked for what its streams are like."""

    account_settings: ClassVar[Sequence[str]] = ()
    """Settings that say which account is read."""
    _known: Mapping[str, Mapping[str, Any]] = {}
    """Definition of each stream that was built."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The user's settings in this version's form, with every default, and the found settings."""
        return self._config

    def definition(self, name: str) -> Mapping[str, Any]:
        """What the manifest says of the stream `name`, or of one that others are read below; needs `streams` before."""
        found: Mapping[str, Any] = self._known.get(name) or self.resolved_manifest["definitions"][name]
        return found

    def stream_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Parameters of each stream, also of those made from the config: {"events": {"scope": "project:read", …}}."""
        streams = [*self.resolved_manifest["streams"], *self.dynamic_streams]
        return {stream["name"]: stream["$parameters"] for stream in streams}

    @classmethod
    def package(cls) -> str:
        """Name of the top-level package of the source: `source_sentry`."""
        return cls.__module__.partition(".")[0]

    def account(self) -> str:
        """What is read, for messages: `source-sentry (hostname sentry.io, organization acme)`."""
        values = ", ".join(f"{name} {self.settings.get(name)}" for name in self.account_settings)
        return f"{self.package().replace('_', '-')} ({values})"

    def costly_streams(self) -> frozenset[str]:
        """Streams that a user has to ask for: those that are `costly`, or whose router is."""
        return self._marked("costly")

    def whole_streams(self) -> frozenset[str]:
        """Streams that are full refresh unless a user asks for less: `read_whole`, as rows vanish without a word."""
        return self._marked("read_whole")

    def _marked(self, parameter: str) -> frozenset[str]:
        streams = self.resolved_manifest["streams"]
        return frozenset(
            s["name"] for s in streams if {**s["retriever"].get("partition_router", {}), **s}.get(parameter)
        )
