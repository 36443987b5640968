"""A StreamField whose blocks stay out of migrations."""

from wagtail.fields import StreamField as WagtailStreamField


class StreamField(WagtailStreamField):
    """Wagtail's StreamField, written in migrations as a plain column of JSON.

    Changing a block is changing a page's form, not the database; kept in
    migrations, every word of help text would become one. The price: a data
    migration cannot render the content, it reads the raw JSON.
    """

    def deconstruct(self):
        name, _path, _args, kwargs = super().deconstruct()
        kwargs["block_lookup"] = {}
        return name, "wagtail.fields.StreamField", [[]], kwargs
