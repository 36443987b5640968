"""Fixtures that need the whole portal running: the stack of processes, and a real browser."""

import os
import shutil

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from portal.local import assets
from portal.local.stack import Ports, Stack
from tests import database

DEMO_SETTINGS = "portal.settings.demo"


def pytest_collection_modifyitems(items):
    """Send everything that needs the stack to one process, which starts it once."""
    for item in items:
        if {"stack", "page", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def stack(request):
    """The whole portal as in the demonstration, on free ports, with a database of its own."""
    name = f"browser-{os.getpid()}"
    stack = Stack(
        name,
        settings.VAR,
        database.own_name().replace("portal_test_", "portal_test_stack_"),
        Ports.free(),
        settings_module=DEMO_SETTINGS,
        web_workers=1,
        card_delay=1.0,
    )
    database.cluster().clone_database(stack.database, database.template())
    try:
        assets.build(settings.VAR, stack.environment("owner"))
        stack.start_services()
        stack.manage("load_demo")
        stack.start_portal()
        yield stack
    finally:
        stack.stop()
        database.cluster().drop_database(stack.database)
        if not request.session.testsfailed:
            shutil.rmtree(stack.folder)


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, without a window."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.fail("Browser tests need chromium: run script/test, or install it.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Playwright keeps an event loop in this thread; Django must not mistake us for a coroutine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=sandbox)
            yield browser
            browser.close()


@pytest.fixture
def new_page(browser, stack):
    """Open a page in a context of its own (one person's browser); options go to the context.

    A script error, a blocked resource or a request to another machine fails the test.
    """
    contexts, faults = [], []

    def open_page(**options):
        defaults = {"base_url": stack.base_url, "locale": "fr-FR", "timezone_id": "Europe/Paris"}
        context = browser.new_context(**defaults | options)
        contexts.append(context)
        context.on("request", lambda request: faults.extend(_stray(request.url)))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda message: faults.extend(_blocked(message)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page):
    """One person's browser, in French."""
    return new_page()


def _stray(url):
    local = url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))
    return [] if local else [f"request to {url}"]


def _blocked(message):
    blocked = message.type == "error" and "Content Security Policy" in message.text
    return [message.text] if blocked else []
