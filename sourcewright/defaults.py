"""Defaults of settings that are limits of the code, too."""

from typing import Final

MAX_ANSWER_MB: Final = 256
"""Megabytes of one answer, decoded."""
