"""What the connector costs, beside the published one and beside a bare loop: see docs/performance.md."""
