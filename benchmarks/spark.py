"""How the data source of Spark scales: `python -m benchmarks.spark` reads a sandbox in 1, 2 and 4 tasks.

The sandbox is a self-hosted server without limits, which answers after 50 ms. Prints a row for each number of tasks:
the median of the runs, without the first one, for which the sandbox makes its records.
"""

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from pyspark.sql import SparkSession

from benchmarks.service import Service, sandbox
from saas_sandbox.sentry.settings import DEFAULT_TOKEN, ORGANIZATION
from source_sentry.spark import SentryDataSource

TASKS: Final = (1, 2, 4)
PROJECTS: Final = 20
LATENCY_MS: Final = 50


def session() -> Any:
    """A Spark with a core for each task."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{max(TASKS)}]").config("spark.ui.enabled", "false")
    started = builder.config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", "1g").getOrCreate()
    started.dataSource.register(SentryDataSource)
    return started


def seconds(spark: Any, service: Service, tasks: int, events: int) -> float:
    """Seconds that it takes to read all events in so many tasks."""
    access = {"auth_token": DEFAULT_TOKEN, "organization": ORGANIZATION, "hostname": service.url}
    began = time.monotonic()
    frame = spark.read.format("sentry").options(**access, stream="events", numPartitions=str(tasks)).load()
    found = [row["count"] for row in frame.selectExpr("spark_partition_id() AS task").groupBy("task").count().collect()]
    took = time.monotonic() - began
    if (sum(found), len(found)) != (events, tasks):
        sys.exit(f"{sum(found)} of {events} events came, in {len(found)} of {tasks} tasks.")
    return took


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    options = {"projects": PROJECTS, "events_per_project": arguments.events // PROJECTS, "latency_ms": LATENCY_MS}
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with sandbox("sentry", now, **options) as service:
        spark = session()
        seconds(spark, service, max(TASKS), arguments.events)
        took: dict[int, list[float]] = {tasks: [] for tasks in TASKS}
        for _ in range(arguments.runs):
            for tasks in TASKS:
                took[tasks].append(seconds(spark, service, tasks, arguments.events))
        spark.stop()
    sys.stdout.write("| tasks | s | events/s | times one task |\n| ---: | ---: | ---: | ---: |\n")
    for tasks, of_runs in took.items():
        typical = median(of_runs)
        times = median(one / other for one, other in zip(took[1], of_runs, strict=True))
        sys.stdout.write(f"| {tasks} | {typical:.1f} | {arguments.events / typical:,.0f} | {times:.1f} |\n")


if __name__ == "__main__":
    main()
