"""The editing process keeps its sessions in a table that no other process reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_power_is_given_by_commands")]
    operations = [
        migrations.CreateModel(
            name="EditingCacheEntry",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "portal_editing_cache"},
        ),
    ]
