"""Every private name of airbyte-cdk that is relied on, and nothing else: docs/engine.md is its table."""
