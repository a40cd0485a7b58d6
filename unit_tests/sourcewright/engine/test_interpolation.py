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
