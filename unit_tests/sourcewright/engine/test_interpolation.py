import ast
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation

from source_sentry import SourceSentry
from sourcewright.engine.interpolation import LITERALS


def test_given_source_when_an_expression_is_made_a_value_then_no_other_thread_does_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    SourceSentry()
    could_enter: list[bool] = []
    literal_eval = ast.literal_eval

    def watched(text: str) -> Any:
        with ThreadPoolExecutor(1) as other:
            could_enter.append(other.submit(LITERALS.acquire, blocking=False).result())
        return literal_eval(text)

    monkeypatch.setattr(ast, "literal_eval", watched)
    assert JinjaInterpolation().eval("{{ [config['a'], 2] }}", config={"a": 1}) == [1, 2]
    assert could_enter == [False]


@pytest.mark.parametrize(
    "text",
    [
        "https://sentry.test/api/0/",
        "http://[::1]:9000/",
        "2026-11-22T10:00:00Z",
        "2026-11-22T",
        "2026-11-22",
        "7",
        "[1]",
    ],
)
def test_given_text_when_it_is_made_a_value_then_the_engines_own(text: str) -> None:
    SourceSentry()
    try:
        of_engine = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        of_engine = text
    assert JinjaInterpolation().eval("{{ config['a'] }}", config={"a": text}) == of_engine
