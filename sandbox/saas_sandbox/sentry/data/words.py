"""The vocabulary of the synthetic data."""

from typing import Final

SLUGS: Final = (
    "backend",
    "web",
    "mobile",
    "billing",
    "search",
    "mailer",
    "gateway",
    "reports",
    "scheduler",
    "inventory",
    "checkout",
    "accounts",
    "media",
    "chat",
    "maps",
    "pricing",
    "shipping",
    "ledger",
    "studio",
    "console",
)
QUIET_SLUG: Final = "archive"
EMPTY_SLUG: Final = "playground"
PLATFORMS: Final = ("python", "javascript", "java", "go", "ruby", "php")
TEAMS: Final = ("platform", "frontend", "apps", "payments", "research")
ENVIRONMENTS: Final = ("production", "staging", "canary")
LEVELS: Final = ("error", "error", "error", "error", "warning", "fatal", "info")
ERRORS: Final = (
    ("ValueError", "expected {n} columns, found {m}"),
    ("KeyError", "no tariff for zone {n}"),
    ("TimeoutError", "no answer from node-{n} after {m} s"),
    ("ConnectionResetError", "peer {n} closed the stream"),
    ("PermissionError", "role {n} may not open ledger {m}"),
    ("OverflowError", "quantity {m} exceeds the limit of {n}"),
    ("LookupError", "warehouse {n} holds no part {m}"),
    ("UnicodeError", "byte {n} of line {m} is not text"),
)
MODULES: Final = ("orders", "tariffs", "parcels", "ledger", "sessions", "imports", "labels", "quotes", "stock")
FUNCTIONS: Final = ("load", "settle", "reserve", "render", "dispatch", "parse", "merge", "export", "retry")
BROWSERS: Final = ("Firefox 133.0", "Chrome 131.0", "Safari 18.1", "Edge 130.0")
SYSTEMS: Final = ("Linux 6.8", "Windows 11", "macOS 15.1", "Android 15", "iOS 18.1")
CITIES: Final = (("DE", "Jena"), ("FR", "Lyon"), ("JP", "Nara"), ("BR", "Natal"), ("CA", "Gatineau"))
GIVEN: Final = ("Ada", "Bo", "Cleo", "Dov", "Edda", "Finn", "Gale", "Hana", "Ivo", "Jun", "Kaya", "Liv", "Mio", "Noa")
FAMILY: Final = ("Arden", "Birk", "Castell", "Doru", "Eskil", "Farrow", "Gant", "Holm", "Ilves", "Jarra", "Kovar")
