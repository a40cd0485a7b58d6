"""Errors of a request that no further try mends, so that what was to be read ends with them at once."""

from typing import Any, ClassVar

import requests
from airbyte_cdk.models import FailureType
from typing_extensions import override


class LastingError(requests.RequestException):
    """Its text says what is wrong."""

    failure_type: ClassVar[FailureType] = FailureType.config_error

    def explain(self, host_setting: str) -> str:  # noqa: ARG002 - for subclasses
        """What is wrong, and the way out; `host_setting` says where the API is."""
        return str(self)


class OtherHostError(LastingError):
    """A redirect to another host, which was not followed."""

    @override
    def explain(self, host_setting: str) -> str:
        return f"{self}: set `{host_setting}` to where the API is."


class AnswerTooLargeError(LastingError):
    """An answer that is larger than the setting `max_answer_mb` allows."""


class SilenceError(LastingError):
    """A server that accepts requests and does not answer them."""

    failure_type = FailureType.transient_error


class LimitedError(LastingError):
    """A server that keeps asking to wait, for longer than a sync waits for one request."""

    failure_type = FailureType.transient_error


def name_request(error: requests.RequestException, request: requests.PreparedRequest) -> None:
    """Note what `error` is about, which requests leaves out where a body breaks."""
    details: Any = error
    details.request = error.request or request
