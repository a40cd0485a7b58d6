"""Base classes of what manifests name in `class_name`, where both connectors do the same."""
