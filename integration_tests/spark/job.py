"""A driver as a process: reads what is available of a stream, and prints the keys of all rows of its table.

`python -m integration_tests.spark.job FOLDER '{"stream": "events", …}'`; the table is of Parquet files.
"""

import json
import sys
from pathlib import Path

from integration_tests.spark.session import start


def main(folder: Path, options: dict[str, str]) -> None:
    """Run one trigger to its end."""
    spark = start()
    rows = spark.readStream.format("sentry").options(**options).load()
    writing = rows.writeStream.format("parquet").option("checkpointLocation", str(folder / "checkpoint"))
    writing.trigger(availableNow=True).start(str(folder / "table")).awaitTermination()
    keys = [row["id"] for row in spark.read.parquet(str(folder / "table")).select("id").collect()]
    sys.stdout.write(json.dumps(sorted(keys)))
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
