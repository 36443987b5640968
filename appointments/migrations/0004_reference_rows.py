"""Rows that the rules read: the transitions of an appointment and the two services."""

from django.db import migrations

from portal.core import rls

ROWS = """
insert into appointments_appointmenttransition (source, target) values
    ('issued', 'confirmed'),
    ('issued', 'honoured'), ('issued', 'missed'), ('issued', 'cancelled'), ('issued', 'revoked'),
    ('confirmed', 'honoured'), ('confirmed', 'missed'), ('confirmed', 'cancelled'),
    ('confirmed', 'revoked');
insert into appointments_service (code, purpose, minutes) values
    ('biometrics', 'biometrics', 20), ('collection', 'collection', 10);
"""

BACK = """
delete from appointments_service;
delete from appointments_appointmenttransition;
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0003_guards")]
    operations = [
        migrations.RunSQL(ROWS, BACK),
        rls.append_only("appointments_appointmenttransition"),
    ]
