"""Imported by the process that is forked for commands: their sources begin with manifests that are ready."""

import pytest

from source_sentry import SourceSentry
from source_sigma import SourceSigma
from unit_tests.quick_start import begin_ready

begin_ready(pytest.MonkeyPatch())
SourceSentry()
SourceSigma()
