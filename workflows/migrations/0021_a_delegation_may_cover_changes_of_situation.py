"""A delegation of signature may name changes of situation among the families it covers."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0020_loads_are_read_from_an_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="signingdelegation",
            name="a_delegation_names_known_families",
        ),
        migrations.AlterField(
            model_name="signingdelegation",
            name="families",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("first", "première demande"),
                        ("renewal", "renouvellement"),
                        ("duplicate", "duplicata"),
                        ("change", "changement de situation"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("families__contained_by", ["first", "renewal", "duplicate", "change"])
                ),
                name="a_delegation_names_known_families",
            ),
        ),
    ]
