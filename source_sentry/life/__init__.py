"""The life of issues: what becomes of them without an event, who merged or deleted them, and what people did."""
