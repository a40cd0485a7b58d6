"""A declarative Airbyte source as a Singer tap, without a second implementation."""
