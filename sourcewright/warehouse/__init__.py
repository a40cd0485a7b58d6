"""Tables of what a source reads, in DuckDB, PostgreSQL or Parquet files: typed, merged on their keys."""
