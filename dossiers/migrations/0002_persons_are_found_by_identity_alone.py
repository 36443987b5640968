"""The web role finds a person by identity only; the system's scope is the worker's."""

from django.db import migrations

LINKED = (
    "id in (select person_id from dossiers_personaccount where user_id = (select portal_actor()))"
)


def policies(scopes):
    return f"""
drop policy web on dossiers_person;
create policy web on dossiers_person for all to portal_web
    using ((select portal_scope()) in ({scopes}) or {LINKED})
    with check ((select portal_scope()) in ({scopes}) or {LINKED});
drop policy web on dossiers_personaccount;
create policy web on dossiers_personaccount for all to portal_web
    using (user_id = (select portal_actor()) or (select portal_scope()) in ({scopes}))
    with check (user_id = (select portal_actor()) or (select portal_scope()) in ({scopes}));
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_procedures_dossiers_submissions")]
    operations = [migrations.RunSQL(policies("'identify'"), policies("'identify', 'system'"))]
