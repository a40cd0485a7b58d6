"""The logger whose lines the engine turns into Airbyte LOG messages, secrets masked."""

import logging
from typing import Final

logger: Final = logging.getLogger("airbyte.source")
