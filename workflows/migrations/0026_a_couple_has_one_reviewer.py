"""Two cases of a couple linked beforehand go to one reviewer, when chance has drawn the first."""

from django.conf import settings
from django.db import migrations, models

# Who has the case of the other person of a couple, when both had linked their requests before
# either case was anybody's: nobody links themselves towards an agent whom they know.
COUPLE = """
create function workflows_couple_reviewer(wanted uuid) returns bigint
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    other uuid;
    reviewer bigint;
    linked_since timestamptz;
    first_since timestamptz;
begin
    perform set_config('portal.migrating', 'on', true);
    select o.id, o.reviewer_id, l.since into other, reviewer, linked_since
        from workflows_case c
        cross join lateral dossiers_linked_with(c.dossier_id) l
        join workflows_case o on o.dossier_id = l.dossier
            and o.prefecture_code = c.prefecture_code
        where c.id = wanted;
    select min(a.since) into first_since from workflows_assignment a
        where a.case_id in (wanted, other);
    perform set_config('portal.migrating', before, true);
    return case when linked_since < first_since then reviewer end;
end $$;

create function workflows_follow_the_couple() returns trigger language plpgsql as $$
begin
    if new.agent_id is distinct from workflows_couple_reviewer(new.case_id) then
        raise exception 'this agent has not the other case of a couple linked beforehand'
            using errcode = '23514', constraint = 'a_couple_linked_beforehand_has_one_reviewer';
    end if;
    return new;
end $$;
create trigger a_couple_linked_beforehand_has_one_reviewer before insert on workflows_assignment
    for each row when (new.why = 'couple') execute function workflows_follow_the_couple();
"""
NO_COUPLE = """
drop function workflows_follow_the_couple() cascade;
drop function workflows_couple_reviewer(uuid);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0016_a_couple_is_linked'),
        ('workflows', '0025_a_mandatary_files_and_follows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='assignment',
            name='an_assignment_says_why',
        ),
        migrations.AlterField(
            model_name='assignment',
            name='why',
            field=models.CharField(choices=[('routed', 'à l’arrivée du dossier'), ('daily', 'tirage du matin'), ('couple', 'l’agent a le dossier de l’autre personne du couple'), ('taken', 'l’agent a pris le dossier suivant'), ('away', 'absence du collègue'), ('left', 'départ du collègue'), ('conflict', 'proximité avec la personne'), ('supervisor', 'demande du responsable'), ('evened', 'rééquilibrage des charges'), ('rerouted', 'transmission par une autre préfecture'), ('reopened', 'réouverture du dossier')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ['routed', 'daily', 'couple', 'taken', 'away', 'left', 'conflict', 'supervisor', 'evened', 'rerouted', 'reopened'])), name='an_assignment_says_why'),
        ),
        migrations.RunSQL(COUPLE, NO_COUPLE),
    ]
