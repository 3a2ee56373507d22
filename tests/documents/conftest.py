"""What the tests of the documents share: the project's template."""

import pytest

from monitor.campaign import Campaign
from monitor.documents import templates


@pytest.fixture(scope="session")
def template(campaign: Campaign) -> bytes:
    """The committed template of the monthly report."""
    return templates.shipped(campaign, "xlsx").read_bytes()
