"""The endpoints: each takes a permitted `Call` and returns a `Reply`."""
