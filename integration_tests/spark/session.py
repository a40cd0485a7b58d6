"""A session of Spark, small enough for a test, whose processes have the test's clock."""

import os
import sys
from pathlib import Path
from typing import Any, Final

from integration_tests.clock import environment

MASTER: Final = os.environ.get("SPARK_MASTER", "local[2]")
_SMALL: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
}


def variables() -> dict[str, str]:
    """Environment of the driver, and of all that it starts."""
    import pyspark  # noqa: PLC0415 - not installed where the other tests run

    return environment(
        PYSPARK_PYTHON=sys.executable,
        SPARK_HOME=str(Path(pyspark.__file__).parent),
        SPARK_LOCAL_IP="127.0.0.1",
    )


def start() -> Any:
    """Start the session, with both data sources."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    from source_sentry.spark import SentryDataSource  # noqa: PLC0415
    from source_sigma.spark import SigmaDataSource  # noqa: PLC0415

    builder = SparkSession.builder.master(MASTER)
    executors = {f"spark.executorEnv.{name}": os.environ[name] for name in ("PYTHONPATH", "TEST_CLOCK_AHEAD")}
    for name, value in {**_SMALL, **executors}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    for source in (SentryDataSource, SigmaDataSource):
        session.dataSource.register(source)
    return session
