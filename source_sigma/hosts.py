"""Where Sigma's API is: one host for each cloud and region; an organization has exactly one.

Source: https://help.sigmacomputing.com/reference/get-started-sigma-api. Older guides name one host for Azure and one
for GCP that are in none of Sigma's lists.
"""

import re
from typing import Final

_REGIONS: Final = (
    ("GCP US", "api"),
    ("GCP KSA", "api.sa.gcp"),
    ("AWS US West", "aws-api"),
    ("AWS US East", "api.us-a.aws"),
    ("AWS Canada", "api.ca.aws"),
    ("AWS Europe", "api.eu.aws"),
    ("AWS Australia", "api.au.aws"),
    ("AWS UK", "api.uk.aws"),
    ("Azure US", "api.us.azure"),
    ("Azure Europe", "api.eu.azure"),
    ("Azure Canada", "api.ca.azure"),
    ("Azure UK", "api.uk.azure"),
    ("Azure Australia", "api.au.azure"),
)
_DOMAIN: Final = "sigmacomputing.com"

PUBLISHED: Final = {f"https://{name}.{_DOMAIN}": region for region, name in _REGIONS}
"""URL -> cloud and region."""


def tidy(url: str) -> str:
    """`aws-api.sigmacomputing.com/v2/ ` -> `https://aws-api.sigmacomputing.com`."""
    whole = re.sub(r"(?<=[^:/])(/v2(\.1)?)?/*$", "", url.strip())
    return whole if "://" in whole or not whole else f"https://{whole}"


def advice(base_url: str) -> str:
    """What to do about an `api_url` that does not work: the published hosts, where it is none of them."""
    if base_url in PUBLISHED:
        return f"`{base_url}` is the host for {PUBLISHED[base_url]}: check that your organization is there."
    listed = ", ".join(f"{url} ({region})" for url, region in PUBLISHED.items())
    return f"`{base_url}` is none of the hosts that Sigma publishes for `api_url`: {listed}."
