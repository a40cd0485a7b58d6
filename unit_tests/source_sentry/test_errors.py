from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from unit_tests.source_sentry.builders import HTML, TOKEN
from unit_tests.source_sentry.handler import EVENTS_URL, ISSUES_URL, TEAMS_URL, a_handler, a_response, judge

FAIL, RETRY, LIMITED = ResponseAction.FAIL, ResponseAction.RETRY, ResponseAction.RATE_LIMITED
CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error
CI_TOKEN = "sntrys_test_0123456789abcdef"
NO_PERMISSION = {"detail": "You do not have permission to perform this action."}
NOT_THERE = {"detail": "The requested resource does not exist"}


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        (
            "Invalid token",
            "Sentry does not know the `auth_token`: copy it again, or create a new one. Sentry says: Invalid token",
        ),
        ("Token expired", "The `auth_token` has expired: create a new one. Sentry says: Token expired"),
        (
            "Authentication credentials were not provided.",
            "Sentry rejected the `auth_token`: Authentication credentials were not provided.",
        ),
        (
            {"code": "2fa-required", "message": "Organization requires two-factor authentication", "extra": {}},
            (
                "The organization requires two-factor authentication, which the owner of the `auth_token` has not set "
                "up: set it up, or use the token of an internal integration. Sentry says: Organization requires "
                "two-factor authentication"
            ),
        ),
        (
            {"code": "sso-required", "message": "Must login via SSO", "extra": {"loginUrl": "/auth/login/acme/"}},
            (
                "The organization requires single sign-on for the owner of the `auth_token`: log in once with SSO, or "
                "use the token of an internal integration. Sentry says: Must login via SSO"
            ),
        ),
        (
            {"code": "member-disabled-over-limit", "message": "Organization over member limit"},
            (
                "The owner of the `auth_token` is disabled because the organization has more members than its plan "
                "allows: use the token of an internal integration. Sentry says: Organization over member limit"
            ),
        ),
        ({"code": "sudo-required"}, "Sentry rejected the `auth_token`: sudo-required"),
    ],
)
def test_given_401_with_detail_when_judged_then_setting_and_sentrys_words(detail: Any, message: str) -> None:
    verdict = judge(401, {"detail": detail})
    assert (verdict.response_action, verdict.failure_type, verdict.error_message) == (FAIL, CONFIG, message)


def test_given_401_without_body_when_judged_then_token_without_user() -> None:
    verdict = judge(401, "")
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert (
        verdict.error_message == f"{EVENTS_URL} wants a token that belongs to a user, which this `auth_token` does not."
    )


def test_given_401_of_a_front_end_when_judged_then_no_guess_about_the_tokens_owner() -> None:
    verdict = judge(401, "<html><title>401 Authorization Required</title></html>")
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert "belongs to a user" not in str(verdict.error_message)


@pytest.mark.parametrize("status", [403, 401])
def test_given_unreadable_bodies_when_judged_then_a_sentence_without_python(status: int) -> None:
    for body in ("", HTML, "null", "[]", "{}", '"words"', '{"detail": null}', '{"detail": []}', "\ufffd"):
        message = str(judge(status, body, TEAMS_URL).error_message)
        assert message
        assert "None" not in message


def test_given_organization_token_when_403_then_message_names_the_kind_of_token() -> None:
    verdict = judge(403, NO_PERMISSION, TEAMS_URL, token=CI_TOKEN)
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert str(verdict.error_message).startswith("The `auth_token` is an organization token (`sntrys_…`)")
    assert CI_TOKEN not in str(verdict.error_message)


def test_given_403_of_the_organization_when_judged_then_stream_and_scope() -> None:
    verdict = judge(403, NO_PERMISSION, TEAMS_URL, name="teams", scope="org:read")
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert verdict.error_message == (
        "The `auth_token` may not read stream `teams`: it needs the scope `org:read` and membership or access to the "
        "project or organization. Sentry says: You do not have permission to perform this action."
    )


def test_given_404_of_the_organization_when_judged_then_slug_and_hostname() -> None:
    verdict = judge(404, NOT_THERE, TEAMS_URL)
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert verdict.error_message == (
        f"Nothing is at {TEAMS_URL}: check the slug `acme` in `organization`, and `hostname` (region and path). "
        "Sentry says: The requested resource does not exist"
    )


@pytest.mark.parametrize("url", [EVENTS_URL, f"{ISSUES_URL}?project=1"])
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((403, NO_PERMISSION), "it needs the scope `project:read`"),
        ((403, ""), "Sentry says: no reason given"),
        ((403, {"detail": ["You do not have that feature enabled"]}), "You do not have that feature enabled"),
        ((404, NOT_THERE), "it was deleted, renamed or the feature is off"),
        ((404, ""), "Sentry says: nothing"),
        ((404, HTML), "Sentry says: nothing"),
    ],
)
def test_given_refusal_of_one_project_when_judged_then_it_is_skipped_with_one_warning(
    url: str, refusal: tuple[int, Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    handler = a_handler()
    actions = {handler.interpret_response(a_response(*refusal, url)).response_action for _ in range(2)}
    assert actions == {ResponseAction.IGNORE}
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("Skipped: ")
    assert "project `backend`" in warning.replace("Project", "project")
    assert words in warning


@pytest.mark.parametrize(
    ("status", "body", "action", "failure_type", "words"),
    [
        (406, {"detail": "Not acceptable"}, FAIL, SYSTEM, "HTTP 406: Not acceptable"),
        (408, "", RETRY, TRANSIENT, "HTTP 408: no reason given"),
        (410, {"message": "This API no longer exists."}, RETRY, TRANSIENT, "HTTP 410"),
        (429, {"detail": "Limit is 60 requests in 60 seconds"}, LIMITED, TRANSIENT, "HTTP 429: Limit is 60"),
        (429, '"You are attempting to use this endpoint too frequently"', LIMITED, TRANSIENT, "too frequently"),
        (429, HTML, LIMITED, TRANSIENT, "HTTP 429: no reason given"),
        (429, {"detail": "Please try your query with a smaller date range"}, LIMITED, TRANSIENT, "HTTP 429"),
        (500, {"detail": "Internal Error", "errorId": "0123"}, RETRY, TRANSIENT, "HTTP 500: Internal Error"),
        (502, HTML, RETRY, TRANSIENT, "HTTP 502"),
        (503, {"error": "apigateway", "detail": "Downstream service"}, RETRY, TRANSIENT, "HTTP 503: Downstream"),
        (504, "", RETRY, TRANSIENT, "HTTP 504"),
    ],
)
def test_given_other_refusal_when_judged_then_action_and_words(
    status: int, body: Any, action: ResponseAction, failure_type: FailureType, words: str
) -> None:
    verdict = judge(status, body, splits=True)
    assert (verdict.response_action, verdict.failure_type) == (action, failure_type)
    assert words in str(verdict.error_message)
    assert EVENTS_URL in str(verdict.error_message)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({}, "does not say for how long"), ({"Retry_After": "99999"}, "asks to wait for `99999`")],
)
def test_given_429_whose_wait_is_not_kept_when_judged_then_host_stream_and_wait_are_named(
    headers: dict[str, str], wait: str
) -> None:
    verdict = a_handler().interpret_response(a_response(429, {"detail": "Too frequently"}, **headers))
    assert verdict.error_message == (
        f"`sentry.test:9000` limits stream `events` and {wait}: {EVENTS_URL} answered HTTP 429: Too frequently"
    )


@pytest.mark.parametrize(
    "detail",
    [
        "Query timeout. Please try with a smaller date range or fewer conditions.",
        "Fetching large offsets is temporarily disabled for performance reasons",
        "Please try your query with a smaller date range",
    ],
)
def test_given_400_about_a_wide_window_when_judged_then_split_only_where_windows_are(detail: str) -> None:
    assert judge(400, {"detail": detail}, splits=True).response_action is ResponseAction.SPLIT_REQUEST_WINDOW
    without_windows = judge(400, {"detail": detail})
    assert (without_windows.response_action, without_windows.failure_type) == (FAIL, CONFIG)


def test_given_400_about_retention_when_judged_then_there_are_no_records() -> None:
    response = a_response(400, {"detail": "Invalid date range. Please try a more recent date range."})
    handler = a_handler(splits=True)
    verdict = handler.interpret_response(response)
    assert (verdict.response_action, handler.means_no_records(response)) == (ResponseAction.IGNORE, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"detail": "Invalid per_page value. Cannot exceed 100."}, "Invalid per_page value. Cannot exceed 100"),
        ({"query": ["Bad"]}, '{"query":["Bad"]}'),
        ({"detail": {"code": "x", "message": "Unknown field"}}, "Unknown field"),
        ("", "no reason"),
        (HTML, "no reason"),
    ],
)
def test_given_other_400_when_judged_then_config_error_with_sentrys_words(body: Any, words: str) -> None:
    verdict = judge(400, body, splits=True)
    assert (verdict.response_action, verdict.failure_type) == (FAIL, CONFIG)
    assert verdict.error_message == f"Sentry rejected the request of stream `events` to {EVENTS_URL}: {words}."


@pytest.mark.parametrize("status", [201, 202, 203, 204, 205, 206, 299])
@pytest.mark.parametrize("body", [[{"id": "1"}], []])
def test_given_2xx_that_is_not_200_when_judged_then_it_is_no_page_and_retried(status: int, body: Any) -> None:
    verdict = judge(status, body)
    assert (verdict.response_action, verdict.failure_type) == (RETRY, TRANSIENT)
    assert f"answered stream `events` with HTTP {status}, which does not" in str(verdict.error_message)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 429, 500])
@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("x" * 300, "x" * 300),
        ("word " * 200_000, f"{'word ' * 60}… (1,000,000 characters)".replace(" …", "…")),
        (f"{'a' * 290} {TOKEN}", f"{'a' * 290}… (319 characters)"),
        ("x" * 1_000_000, "… (1,000,000 characters)"),
        ({"code": "x", "message": [1] * 100_000}, "… (200,001 characters)"),
    ],
    ids=["short", "words", "secret at the end", "one word", "no text"],
)
def test_given_a_long_detail_when_judged_then_its_first_whole_words_are_quoted(
    status: int, detail: Any, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = f"{judge(status, {'detail': detail}).error_message}{caplog.text}"
    assert shown in said
    assert len(said) < 1_000


def test_given_400_to_issues_when_judged_then_issue_query_is_named() -> None:
    verdict = judge(400, {"detail": "Error parsing search query"}, ISSUES_URL, name="issues")
    assert str(verdict.error_message).endswith("Error parsing search query; check `issue_query`.")
