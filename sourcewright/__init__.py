"""What every declarative source of this repository shares: the engine, driven fast and without silent losses."""
