"""What every browser test needs: the site on a port of its own, and browsers that remember pages or load them anew."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.profile import ARGS, CHROMIUM, FIREFOX, NO_PAGES_IN_MEMORY, Site
from tests.browser.serving import a_site
from tests.conftest import settings_for


@pytest.fixture
def site(app_for, data_dir, sqlite_url) -> Iterator[Site]:
    with a_site(app_for, settings_for(data_dir, sqlite_url)) as site:
        yield site


@pytest.fixture(scope="session")
def lasting_chromium(chromium) -> Iterator[Browser]:
    """Remembers whole pages for Back, as phones with enough memory do; the plain `chromium` loads every page anew."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=ARGS, ignore_default_args=[NO_PAGES_IN_MEMORY]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(playwright) -> Iterator[Browser]:
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
    yield browser
    browser.close()


@pytest.fixture(params=["pages in memory", "pages anew"])
def any_chromium(request) -> Browser:
    return request.getfixturevalue("lasting_chromium" if request.param == "pages in memory" else "chromium")
