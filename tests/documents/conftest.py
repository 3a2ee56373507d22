"""What the tests of the documents share: the project's template."""

import pytest

from monitor.campaign import Campaign
from monitor.documents import monthly


@pytest.fixture(scope="session")
def template(campaign: Campaign) -> bytes:
    """The committed template of the monthly report."""
    return monthly.template_path(campaign).read_bytes()
