"""Filling and sending the forms of a page as a person does: by label, box and button."""

from portal.demo.story import posted

CONTROLS = """(form) => [...form.elements].filter((c) => c.name && c.type !== "hidden").map((c) => (
{
  name: c.name, kind: c.type, value: c.value, id: c.id, checked: c.checked || false,
}))"""


def controls(form):
    """The visible controls of a form: name, kind, value, id, checked."""
    return form.evaluate(CONTROLS)


def fill(page, form, known):
    """Type what the story knows for each control; choices are made by their labels."""
    for control in controls(form):
        value = posted(control["name"], known)
        if value is None or control["kind"] == "submit":
            continue
        box = page.locator(f"[id='{control['id']}']")
        if control["kind"] == "radio":
            if control["value"] == value and not control["checked"]:
                choose(page, control)
        elif control["kind"] == "select-one":
            box.select_option(value)
        else:
            box.fill(value)


def choose(page, control):
    """Press the label of a radio button or of a box to tick."""
    page.locator(f"label[for='{control['id']}']").click()


def tick_all(page, form):
    """Tick every box that is not ticked."""
    for control in controls(form):
        if control["kind"] == "checkbox" and not control["checked"]:
            choose(page, control)


def press(page, button):
    """Press a button and wait for the next page."""
    with page.expect_navigation():
        button.click()
