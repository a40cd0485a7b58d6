"""Base classes, shared by both connectors, of what manifests name in `class_name`."""
