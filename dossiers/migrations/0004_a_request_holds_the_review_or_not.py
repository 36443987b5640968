"""A request says whether it holds the review: only something essential may (CRPA L.114-5-1)."""

from django.conf import settings
from django.db import migrations, models


# An item belongs to a request that holds, or to one that does not, and never changes sides; and a
# request that holds names something essential, looked for at the end of the transaction with the
# migration's own eyes: the rule must see every item, whoever acts.
HOLDS = """
alter table dossiers_completionitem add constraint an_item_is_of_a_request_that_holds_or_not
    foreign key (request_id, request_holds)
    references dossiers_completionrequest (id, holds_review);
create trigger keep_side before update on dossiers_completionrequest for each row
    execute function portal_refuse_columns('holds_review');
create trigger keep_side before update on dossiers_completionitem for each row
    execute function portal_refuse_columns('request_holds');
create function dossiers_hold_for_something() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select from dossiers_completionitem where request_id = new.id and essential);
    perform set_config('portal.migrating', before, true);
    if not found then
        raise exception 'nothing essential is asked: the review is not held'
            using errcode = '23514',
                constraint = 'a_request_that_holds_asks_something_essential';
    end if;
    return null;
end $$;
create constraint trigger a_request_that_holds_asks_something_essential
    after insert on dossiers_completionrequest deferrable initially deferred
    for each row when (new.holds_review) execute function dossiers_hold_for_something();
"""
LOOSE = """
drop function dossiers_hold_for_something() cascade;
drop trigger keep_side on dossiers_completionitem;
drop trigger keep_side on dossiers_completionrequest;
alter table dossiers_completionitem drop constraint an_item_is_of_a_request_that_holds_or_not;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_completion_item_by_item'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='completionrequest',
            name='a_closed_completion_request_says_how_it_ended',
        ),
        migrations.AddField(
            model_name='completionitem',
            name='request_holds',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='holds_review',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name='completionrequest',
            name='outcome',
            field=models.CharField(blank=True, choices=[('supplied', 'Complément envoyé'), ('expired', 'Délai dépassé'), ('cancelled', 'Demande annulée'), ('replaced', 'Remplacée par une nouvelle demande')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='completionitem',
            constraint=models.CheckConstraint(condition=models.Q(('essential', False), ('request_holds', True), _connector='OR'), name='an_essential_item_holds_the_review'),
        ),
        migrations.AddConstraint(
            model_name='completionitem',
            constraint=models.UniqueConstraint(fields=('id', 'essential'), name='a_completion_item_is_essential_or_not'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.UniqueConstraint(fields=('id', 'holds_review'), name='a_completion_request_holds_or_not'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(('closed_at__isnull', False), ('outcome__in', ['supplied', 'expired', 'cancelled', 'replaced'])), _connector='OR'), name='a_closed_completion_request_says_how_it_ended'),
        ),
        migrations.RunSQL(HOLDS, LOOSE),
    ]
