"""A data source of Spark over any source: batches and streams, in slices that the executors read."""
