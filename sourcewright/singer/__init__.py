"""Singer taps that are views of this repository's Airbyte sources: nothing is written twice."""
