"""A real browser opens the portal without a fault, with and without scripts."""


def test_front_page_opens(page):
    answer = page.goto("/")

    assert answer.status == 200
    assert page.locator("h1").count() == 1


def test_front_page_needs_no_script(new_page):
    page = new_page(java_script_enabled=False)

    answer = page.goto("/")

    assert answer.status == 200
    assert page.locator("main").is_visible()
