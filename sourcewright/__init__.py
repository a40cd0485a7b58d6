"""What the declarative sources of this repository share: the engine, made fast and free of silent losses."""
