"""What was verified, the reason of a closure, the rule of a title and the power to sign."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = f"{OFFICE} or (select portal_scope()) = 'system'"

KEYS = """
alter table workflows_checkresult add constraint a_check_is_of_its_case
    foreign key (proposal_id, case_id) references workflows_proposal (id, case_id);
alter table workflows_decision add constraint who_signs_holds_the_delegation_of_the_office
    foreign key (delegation_id, signer_id, office_code)
    references workflows_signingdelegation (id, signatory_id, prefecture_code);
alter table workflows_opinion add constraint a_board_hears_fifteen_days_after_its_summons
    check (hearing_on >= (asked_at at time zone 'Europe/Paris')::date + 15);
"""
UNKEYS = """
alter table workflows_opinion drop constraint a_board_hears_fifteen_days_after_its_summons;
alter table workflows_decision drop constraint who_signs_holds_the_delegation_of_the_office;
alter table workflows_checkresult drop constraint a_check_is_of_its_case;
"""

# These rules read what the present person may not: they run as the owner, with its policy.
PROOFS = """
create function workflows_text_of(dossier uuid) returns jsonb
    language sql stable security definer set search_path = public as $$
    select version.definition from dossiers_dossier as file
    join dossiers_procedureversion as version on version.id = file.version_id
    where file.id = dossier
$$;

create function workflows_signature_is_covered() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    found boolean;
    today date := (portal_now() at time zone 'Europe/Paris')::date;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_signingdelegation as power
        join workflows_case on workflows_case.id = new.case_id
        where power.id = new.delegation_id
            and power.signatory_id = new.signer_id
            and power.prefecture_code = new.office_code
            and power.prefecture_code = workflows_case.prefecture_code
            and new.outcome = any (power.acts)
            and (cardinality(power.families) = 0
                or workflows_text_of(new.dossier_id) ->> 'family' = any (power.families))
            and power.starts_on <= today
            and (power.ends_on is null or power.ends_on >= today));
    perform set_config('portal.migrating', '', true);
    if not found then
        raise exception 'no delegation in force covers this signature'
            using errcode = '23514', constraint = 'a_signature_is_covered_by_a_delegation';
    end if;
    return null;
end $$;
create trigger a_signature_is_covered_by_a_delegation after insert on workflows_decision
    for each row execute function workflows_signature_is_covered();

create function workflows_check_is_written() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    written boolean;
    proven boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    written := exists (
        select 1 from workflows_proposal
        where id = new.proposal_id and dossier_id = new.dossier_id and made_at = portal_now());
    proven := new.paper_id is null or exists (
        select 1 from vault_storedfile
        where id = new.paper_id and subject_id = new.dossier_id and kind = 'evidence');
    perform set_config('portal.migrating', '', true);
    if not written then
        raise exception 'a check is written with its proposal and at no other moment'
            using errcode = '23514', constraint = 'a_check_is_written_with_its_proposal';
    end if;
    if not proven then
        raise exception 'the paper of a check is a piece of evidence of the same dossier'
            using errcode = '23514', constraint = 'a_check_is_proven_by_a_paper_of_its_dossier';
    end if;
    return null;
end $$;
create trigger a_check_is_written_with_its_proposal after insert on workflows_checkresult
    for each row execute function workflows_check_is_written();

create function workflows_checks_are_behind() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    known integer;
    unanswered integer;
    failing integer;
begin
    perform set_config('portal.migrating', 'on', true);
    select count(*), count(*) filter (where result.id is null),
        count(*) filter (where result.answer = 'not_met'
            and (asked.value -> 'outcomes' is null or asked.value -> 'outcomes' ? new.outcome))
    into known, unanswered, failing
    from jsonb_array_elements(workflows_text_of(new.dossier_id) -> 'checks') as asked
    left join workflows_checkresult as result
        on result.proposal_id = new.id and result.code = asked.value ->> 'code';
    perform set_config('portal.migrating', '', true);
    if unanswered > 0 then
        raise exception '% checks of the procedure have no answer', unanswered
            using errcode = '23514', constraint = 'a_proposal_answers_every_check';
    end if;
    if new.outcome = 'grant' and failing > 0 then
        raise exception 'a grant has every applicable check met'
            using errcode = '23514', constraint = 'a_grant_has_every_check_met';
    end if;
    if new.outcome = 'refuse' and failing = 0 and known > 0 then
        raise exception 'a refusal has at least one check not met'
            using errcode = '23514', constraint = 'a_refusal_has_a_check_not_met';
    end if;
    return null;
end $$;
create constraint trigger a_proposal_agrees_with_its_checks
    after insert on workflows_proposal deferrable initially deferred
    for each row when (new.outcome in ('grant', 'refuse'))
    execute function workflows_checks_are_behind();

create function workflows_board_was_heard() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := not workflows_text_of(new.dossier_id) ? 'board_before_refusal' or exists (
        select 1 from workflows_opinion
        where case_id = new.case_id and kind = 'residence_board' and settled_at is not null
            and answer not in ('', 'none')
            and hearing_on <= (portal_now() at time zone 'Europe/Paris')::date);
    perform set_config('portal.migrating', '', true);
    if not found then
        raise exception 'the residence board was not heard before this refusal'
            using errcode = '23514', constraint = 'the_board_is_heard_before_a_refusal';
    end if;
    return null;
end $$;
create trigger the_board_is_heard_before_a_refusal after insert on workflows_decision
    for each row when (new.outcome = 'refuse') execute function workflows_board_was_heard();

create function workflows_delegation_is_shortened() returns trigger language plpgsql as $$
begin
    if new.ends_on is distinct from old.ends_on and (
        new.ends_on is null or new.ends_on > old.ends_on
        or new.ends_on < (portal_now() at time zone 'Europe/Paris')::date
    ) then
        raise exception 'a delegation is only shortened, and never into the past'
            using errcode = '23514', constraint = 'a_delegation_is_only_shortened';
    end if;
    return new;
end $$;
create trigger a_delegation_is_only_shortened before update on workflows_signingdelegation
    for each row execute function workflows_delegation_is_shortened();

create trigger keep_hearing before update on workflows_opinion for each row
    execute function portal_refuse_columns('hearing_on');
create trigger keep_title_and_closure before update on workflows_proposal for each row
    execute function portal_refuse_columns(
        'title_computed_on', 'title_article', 'title_category', 'title_reason', 'closure_code');
create trigger keep_power before update on workflows_decision for each row
    execute function portal_refuse_columns('delegation_id', 'office_code');
"""
UNPROVEN = """
drop trigger keep_power on workflows_decision;
drop trigger keep_title_and_closure on workflows_proposal;
drop trigger keep_hearing on workflows_opinion;
drop function workflows_delegation_is_shortened() cascade;
drop function workflows_board_was_heard() cascade;
drop function workflows_checks_are_behind() cascade;
drop function workflows_check_is_written() cascade;
drop function workflows_signature_is_covered() cascade;
drop function workflows_text_of(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_what_is_set_once_stays"),
        ("dossiers", "0002_persons_are_found_by_identity_alone"),
        ("vault", "0002_removed_and_revoked_once"),
        ("workflows", "0004_a_decision_is_behind_each_signed_move"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckResult",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=60)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("met", "remplie"),
                            ("not_met", "non remplie"),
                            ("not_applicable", "sans objet"),
                        ],
                        max_length=16,
                    ),
                ),
                ("by_rule", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="SigningDelegation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3)),
                (
                    "acts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("grant", "décision favorable"),
                                ("refuse", "refus"),
                                ("close", "classement sans suite"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                    ),
                ),
                (
                    "families",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("first", "première demande"),
                                ("renewal", "renouvellement"),
                                ("duplicate", "duplicata"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "quality",
                    models.CharField(max_length=200, verbose_name="qualité imprimée sur la lettre"),
                ),
                (
                    "order_reference",
                    models.CharField(max_length=120, verbose_name="référence de l’arrêté"),
                ),
                ("order_on", models.DateField(verbose_name="date de l’arrêté")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="office_code",
            field=models.CharField(db_default="", editable=False, max_length=3),
        ),
        migrations.AddField(
            model_name="opinion",
            name="hearing_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="closure_code",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="proposal",
            name="title_article",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="proposal",
            name="title_category",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="proposal",
            name="title_computed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="title_reason",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="decision",
            name="signer_quality",
            field=models.CharField(max_length=200),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hearing_on__isnull", False), ("kind", "residence_board")),
                    models.Q(
                        models.Q(("kind", "residence_board"), _negated=True), ("hearing_on", None)
                    ),
                    _connector="OR",
                ),
                name="the_residence_board_alone_hears_the_person",
                violation_error_message="Indiquez le jour où la commission entend la personne.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grounds_law__contains", "[…"), _negated=True),
                    models.Q(("grounds_fact__contains", "[…"), _negated=True),
                ),
                name="what_a_ground_leaves_to_write_is_written",
                violation_error_message="Remplacez chaque « […] » par ce qui est demandé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "close"), models.Q(("closure_code", ""), _negated=True)),
                    models.Q(models.Q(("outcome", "close"), _negated=True), ("closure_code", "")),
                    _connector="OR",
                ),
                name="a_closure_has_its_coded_reason",
                violation_error_message="Choisissez le motif du classement sans suite.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "grant"), _negated=True),
                    ("title_computed_on", None),
                    ("title_ends_on", models.F("title_computed_on")),
                    models.Q(("title_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_title_of_another_length_says_why",
                violation_error_message="Dites pourquoi la durée n’est pas celle de la règle.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                fields=("id", "case"), name="a_proposal_is_about_one_case"
            ),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="applicant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="workflows.case",
            ),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"
            ),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="paper",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vault.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="workflows.proposal",
            ),
        ),
        migrations.AddField(
            model_name="signingdelegation",
            name="signatory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signing_delegations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="delegation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.signingdelegation",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkresult",
            constraint=models.UniqueConstraint(
                fields=("proposal", "code"), name="a_proposal_answers_each_check_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["met", "not_met", "not_applicable"])),
                name="a_check_has_a_known_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "not_applicable"), _negated=True),
                    ("by_rule", True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_check_set_aside_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_rule", False), ("answer", "not_applicable"), _connector="OR"
                ),
                name="a_rule_only_sets_a_check_aside",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acts__len__gt", 0), ("acts__contained_by", ["grant", "refuse", "close"])
                ),
                name="a_delegation_names_known_acts",
                violation_error_message="Dites quels actes cette personne peut signer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("families__contained_by", ["first", "renewal", "duplicate"])),
                name="a_delegation_names_known_families",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quality", ""), _negated=True),
                    models.Q(("order_reference", ""), _negated=True),
                ),
                name="a_delegation_has_its_order_and_its_quality",
                violation_error_message="Donnez la qualité, et la référence de l’arrêté.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__gte", models.F("order_on"))),
                name="a_delegation_follows_its_order",
                violation_error_message="Une délégation ne commence pas avant son arrêté.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="a_delegation_ends_after_it_starts",
                violation_error_message="La fin de la délégation précède son début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingdelegation",
            constraint=models.UniqueConstraint(
                fields=("id", "signatory", "prefecture_code"),
                name="a_delegation_is_for_one_person_and_office",
            ),
        ),
        migrations.RunSQL(KEYS, UNKEYS),
        rls.protect("workflows_checkresult"),
        rls.immutable(
            "workflows_checkresult",
            *("id", "dossier_id", "applicant_id", "case_id", "proposal_id", "position", "code"),
            *("answer", "by_rule", "paper_id", "note"),
        ),
        rls.protect_by(
            "workflows_signingdelegation",
            {("web", "portal_web"): (OFFICE, "select"), ("worker", "portal_worker"): SYSTEM},
        ),
        rls.stamp("workflows_signingdelegation", "made_at"),
        rls.immutable(
            "workflows_signingdelegation",
            *("id", "signatory_id", "prefecture_code", "acts", "families", "quality"),
            *("order_reference", "order_on", "starts_on", "made_at"),
        ),
        migrations.RunSQL(PROOFS, UNPROVEN),
        rls.set_once("workflows_decision", "revoked_at"),
    ]
