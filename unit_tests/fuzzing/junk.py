"""What a hostile server, a broken proxy or a careless user may send: any JSON, and what is nearly right."""

import json
import os
from typing import Any, Final
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

settings.register_profile(
    "tests",
    derandomize=True,  # the same examples each time
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("fuzz", settings.get_profile("tests"), derandomize=False, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))

Json = st.SearchStrategy[Any]
Text = st.SearchStrategy[str]

SCALARS: Final[Json] = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON: Final[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
OBJECTS: Final[Json] = st.dictionaries(st.text(max_size=10), JSON, max_size=3)
DATES: Final[Text] = st.one_of(
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: f"{moment.isoformat()}+14:00"),
    st.from_regex(
        r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
    ),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31", "2026-W48-1", "", "²"]),
    st.text(max_size=20),
)
HEADER: Final[Text] = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40
)
"""What HTTP can carry."""
NUMBERS: Final[Text] = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["None", "", "²", "1e9", "-0", "+5", "0x10", "1_000", "1795905308000", "9" * 400, "inf"]),
    HEADER,
)
BODIES: Final[st.SearchStrategy[bytes]] = st.one_of(
    st.binary(max_size=50),
    st.sampled_from(
        [b"<!DOCTYPE html>", b"[", b"[NaN]", b'{"detail": "\\ud800"}', b"1e999", b"[" * 2000, b"\xef\xbb\xbf[]"]
    ),
    JSON.map(lambda value: json.dumps(value).encode()),
)


def near(**fields: Json) -> Json:
    """Objects that have some of `fields`, each with what its strategy gives or with junk, and others."""
    known = st.fixed_dictionaries({}, optional={name: field | JSON for name, field in fields.items()})
    return st.builds(lambda junk, wanted: {**junk, **wanted}, OBJECTS, known)


def a_state(cursor_field: str) -> Json:
    """States of all versions, nearly."""
    cursor = near(**{cursor_field: DATES})
    partitions = st.lists(near(partition=near(project=SCALARS), cursor=cursor), max_size=3)
    return near(
        **{cursor_field: DATES},
        states=partitions,
        state=cursor,
        parent_state=near(issues=near(state=cursor)),
        use_global_cursor=st.booleans(),
    )


def a_link() -> Text:
    """Link headers, nearly."""
    names, values = (
        st.sampled_from(["rel", "results", "cursor"]),
        st.sampled_from(["next", "true", "0:100:0", "a=", ""]),
    )
    attributes = st.lists(st.builds('{}="{}"'.format, names, values | HEADER), max_size=3).map("; ".join)
    usual = st.sampled_from(['rel="next"; results="true"', 'rel="next"; results="true"; cursor="0:100:0"'])
    urls = st.sampled_from(["https://sentry.io/?cursor=0:100:0", "https://sentry.io/", ""]) | HEADER
    return st.lists(st.builds("<{}>; {}".format, urls, usual | attributes) | HEADER, max_size=3).map(", ".join)


@st.composite
def a_link_with_cursor(draw: st.DrawFn) -> tuple[str, str]:
    """A Link header as servers write it, among others and with attributes that nobody knows, and its cursor."""
    # `=` and `+` as in base64, which later versions use; a URL has them quoted or as they are
    cursor = draw(st.from_regex(r"\A([0-9]{1,18}:[0-9]{1,6}:[01]|[A-Za-z0-9+/]{1,30}={0,2})\Z"))
    junk = st.builds('{}="{}"'.format, st.sampled_from(["title", "type", "x"]), st.from_regex(r"\A[\w :.]{0,9}\Z"))
    url = f"https://sentry.io/?per_page=100&cursor={draw(st.sampled_from([cursor, quote(cursor, safe='')]))}&x="
    known = st.permutations(['rel="next"', 'results="true"'])
    # Servers write the cursor after what says whether there is one
    attributes = [*draw(st.lists(junk, max_size=2)), *draw(known), *draw(st.lists(junk, max_size=2))]
    attributes += [f'cursor="{cursor}"', *draw(st.lists(junk, max_size=2))]
    other = st.builds(
        '<https://sentry.io/?cursor=0:0:1>; rel="{}"; results="{}"; cursor="0:0:1"'.format,
        st.sampled_from(["previous", "first", "help"]),
        st.sampled_from(["true", "false"]),
    )
    links = [f"<{url}>; {'; '.join(attributes)}", *draw(st.lists(other, max_size=2))]
    return ", ".join(draw(st.permutations(links))), cursor
