"""The engine's standard suite, run by connector/acceptance-test-config.yml, offline against a sandbox."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests.util import create_connector_test_suite

from saas_sandbox.sigma.server import Sandbox, serve
from saas_sandbox.sigma.settings import Settings
from source_sigma import SourceSigma

# The suite takes the connector's name from its folder
ROOT = Path(tempfile.mkdtemp()) / "source-sigma"
ROOT.symlink_to(Path(__file__).parent / "connector", target_is_directory=True)


@pytest.mark.filterwarnings("default")  # the suite's own
class TestSigmaSuite(create_connector_test_suite(connector_directory=ROOT)):  # type: ignore[misc]
    sandbox: ClassVar[Sandbox]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _serve(cls) -> Iterator[None]:
        with serve(Settings(mints_a_second=0)) as sandbox:
            cls.sandbox = sandbox
            yield

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> SourceSigma:
        """The connector, with the sandbox's address in place of the one in the config file."""
        if scenario is None:
            return SourceSigma()
        config: dict[str, Any] = scenario.get_config_dict(connector_root=ROOT, empty_if_missing=True)
        return SourceSigma(config={**config, "api_url": cls.sandbox.url})
