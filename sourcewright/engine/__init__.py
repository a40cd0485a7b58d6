"""All code that uses private names of airbyte-cdk; docs/engine.md has a table of them."""
