"""A row of a batch remembers who had its case when the batch was confirmed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The database reads who has the case itself, whatever the caller passes, and keeps it.
BEGINS = """
create or replace function workflows_batch_row_begins() returns trigger language plpgsql as $$
declare
    found workflows_case;
begin
    select * into found from workflows_case
    where id = new.case_id and dossier_id = new.dossier_id
        and applicant_id = new.applicant_id and prefecture_code = new.office_code
        and new.prefecture_code = new.office_code;
    if found.id is null or new.state <> 'waiting' or new.tries <> 0 then
        raise exception 'a row of a batch begins waiting, in the office that has its case'
            using errcode = '23514',
                constraint = 'a_row_begins_in_the_office_that_has_its_case';
    end if;
    new.holder_id := found.reviewer_id;
    return new;
end $$;
create trigger keep_holder before update on workflows_batchrow for each row
    execute function portal_refuse_columns('holder_id');
"""
BEGAN = """
drop trigger keep_holder on workflows_batchrow;
create or replace function workflows_batch_row_begins() returns trigger language plpgsql as $$
begin
    if new.state <> 'waiting' or new.tries <> 0 or not exists (
        select from workflows_case
        where id = new.case_id and dossier_id = new.dossier_id
            and applicant_id = new.applicant_id and prefecture_code = new.office_code
            and new.prefecture_code = new.office_code) then
        raise exception 'a row of a batch begins waiting, in the office that has its case'
            using errcode = '23514',
                constraint = 'a_row_begins_in_the_office_that_has_its_case';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0011_a_grant_may_wait_for_a_supply"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="batchrow",
            name="holder",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(BEGINS, BEGAN),
    ]
