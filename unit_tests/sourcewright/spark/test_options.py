"""Options of a DataFrame -> settings, or one sentence."""

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_sentry import SourceSentry
from sourcewright.spark.options import Options

ACCESS = {"auth_token": "sntryu_test_0123456789abcdef", "organization": "acme", "stream": "events"}


def of(**options: str) -> Options:
    return Options.of(SourceSentry, {**ACCESS, **options})


def test_given_options_when_read_then_all_but_texts_are_json() -> None:
    found = of(projects='["web"]', full_events="True", lookback_hours="3", numPartitions="8", nested="struct")
    assert found.settings == {
        "auth_token": ACCESS["auth_token"],
        "organization": "acme",
        "projects": ["web"],
        "full_events": True,
        "lookback_hours": 3,
    }
    assert (found.stream, found.tasks, found.structs) == ("events", 8, True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"stream": ""}, 'Option `stream` is missing: .option("stream", "projects").'),
        ({"nested": "flat"}, "Option `nested` is 'flat', but must be `json` or `struct`."),
        ({"numPartitions": "0"}, "Option `numPartitions` is '0', but must be a number from 1 on."),
        ({"projects": "web"}, "Option `projects` is 'web', but must be JSON of type array."),
        (
            {"project_list": "web"},
            "There is no option `project_list`. There are: `stream`, `nested`, `numPartitions`, ",
        ),
        ({"organization": ""}, "Setting `organization` is "),
        ({"lookback_hours": "-1"}, "Setting `lookback_hours` is -1, but -1 is less than the minimum of 0."),
    ],
)
def test_given_a_wrong_option_when_read_then_one_sentence_names_it(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(AirbyteTracedException) as error:
        of(**options)
    assert str(error.value).startswith(sentence)
    assert ACCESS["auth_token"] not in str(error.value)
