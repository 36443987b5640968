"""No page makes an account of the administration, and no account is ever promoted."""

from django.db import migrations

from portal.core import rls

WEB_MAKES_APPLICANTS = """
drop policy every_account_for_the_portal on accounts_user;
create policy every_account_for_the_worker on accounts_user
    for all to portal_worker using (true) with check (true);
create policy every_account_is_found_at_its_door on accounts_user
    for select to portal_web using (true);
create policy accounts_change_at_their_door on accounts_user
    for update to portal_web using (true) with check (true);
create policy applicants_make_their_own_account on accounts_user
    for insert to portal_web with check (kind = 'applicant' and not is_superuser);
"""
BACK = """
drop policy applicants_make_their_own_account on accounts_user;
drop policy accounts_change_at_their_door on accounts_user;
drop policy every_account_is_found_at_its_door on accounts_user;
drop policy every_account_for_the_worker on accounts_user;
create policy every_account_for_the_portal on accounts_user
    for all to portal_web, portal_worker using (true) with check (true);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_attempt_counters")]
    operations = [
        migrations.RunSQL(WEB_MAKES_APPLICANTS, BACK),
        rls.immutable("accounts_user", "id", "kind", "is_superuser", "joined_at"),
    ]
