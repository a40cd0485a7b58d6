"""The engine's standard suite, run by acceptance-test-config.yml, offline against a sandbox."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests.util import create_connector_test_suite

from integration_tests.clock import NOW
from saas_sandbox.sentry.server import Sandbox, serve
from saas_sandbox.sentry.settings import Settings
from source_sentry import SourceSentry

# The suite takes the connector's name from its folder, which a clone may call anything
ROOT = Path(tempfile.mkdtemp()) / "source-sentry"
ROOT.symlink_to(Path(__file__).parents[2], target_is_directory=True)


@pytest.mark.filterwarnings("default")  # the suite's own
class TestStandardSuite(create_connector_test_suite(connector_directory=ROOT)):  # type: ignore[misc]
    sandbox: ClassVar[Sandbox]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _serve(cls) -> Iterator[None]:
        with serve(Settings(size="tiny", now=NOW)) as sandbox:
            cls.sandbox = sandbox
            yield

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> SourceSentry:
        """The connector, with the sandbox's address in place of the one in the config file."""
        if scenario is None:
            return SourceSentry()
        config: dict[str, Any] = scenario.get_config_dict(connector_root=ROOT, empty_if_missing=True)
        return SourceSentry(config={**config, "hostname": cls.sandbox.url})
