"""A page's blocks change without a migration."""

import pytest
from wagtail import blocks

from cms.blocks import Body
from cms.fields import StreamField


@pytest.mark.parametrize("content", [Body(), [("other", blocks.CharBlock())]])
def test_what_a_page_may_hold_is_not_written_in_migrations(content):
    field = StreamField(content)
    field.set_attributes_from_name("body")

    assert field.deconstruct() == ("body", "wagtail.fields.StreamField", [[]], {"block_lookup": {}})
