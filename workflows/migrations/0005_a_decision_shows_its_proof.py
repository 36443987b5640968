"""What was verified, the reason of a closure, the rule of a title and the power to sign."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
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
alter table workflows_observationinvitation add constraint a_person_has_fifteen_days_to_answer
    check (due_on >= (invited_at at time zone 'Europe/Paris')::date + 15);
"""
UNKEYS = """
alter table workflows_observationinvitation drop constraint a_person_has_fifteen_days_to_answer;
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

create function workflows_retraction_is_behind() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    found boolean;
    today date := (new.at at time zone 'Europe/Paris')::date;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_retraction as retraction
        join workflows_decision as decision on decision.id = retraction.decision_id
        join workflows_observationinvitation as invitation
            on invitation.retraction_id = retraction.id
        join workflows_signingdelegation as power on power.id = retraction.delegation_id
        where retraction.step_id = new.id and retraction.case_id = new.case_id
            and retraction.settled_how = 'signed' and retraction.signer_id = new.actor_id
            and decision.case_id = new.case_id and decision.outcome = 'grant'
            and decision.revoked_at is not null
            and today <= ((decision.signed_at at time zone 'Europe/Paris')::date
                + interval '4 months')::date
            and (invitation.answered_at is not null or invitation.due_on < today)
            and power.signatory_id = new.actor_id and power.prefecture_code = new.office_code
            and 'grant' = any (power.acts)
            and (cardinality(power.families) = 0
                or workflows_text_of(new.dossier_id) ->> 'family' = any (power.families))
            and power.starts_on <= today and (power.ends_on is null or power.ends_on >= today));
    perform set_config('portal.migrating', '', true);
    if not found then
        raise exception 'no signed retraction is behind this move'
            using errcode = '23514', constraint = 'a_retraction_is_behind_each_withdrawn_title';
    end if;
    return null;
end $$;
create constraint trigger a_retraction_is_behind_each_withdrawn_title
    after insert on workflows_step deferrable initially deferred
    for each row when (new.move = 'retract') execute function workflows_retraction_is_behind();
create trigger keep_settled before update on workflows_retraction
    for each row execute function workflows_keep_settled('settled_at');
create trigger keep_answered before update on workflows_observationinvitation
    for each row execute function workflows_keep_settled('answered_at');

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
drop trigger keep_answered on workflows_observationinvitation;
drop trigger keep_settled on workflows_retraction;
drop function workflows_retraction_is_behind() cascade;
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
            name="ObservationInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("due_on", models.DateField()),
                (
                    "invited_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                ("letter_id", models.UUIDField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("text", models.TextField(blank=True)),
                ("assisted_by", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Retraction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("grounds_law", models.TextField()),
                ("grounds_fact", models.TextField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_how",
                    models.CharField(
                        blank=True,
                        choices=[("signed", "signé"), ("dropped", "abandonné")],
                        max_length=10,
                    ),
                ),
                ("dropped_note", models.TextField(blank=True)),
                ("signer_name", models.CharField(blank=True, max_length=120)),
                ("signer_quality", models.CharField(blank=True, max_length=200)),
                ("letter_id", models.UUIDField(null=True)),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name="case",
            name="case_follows_the_machine",
        ),
        migrations.RemoveConstraint(
            model_name="cardorder",
            name="a_sent_order_has_the_makers_number",
        ),
        migrations.RemoveConstraint(
            model_name="step",
            name="a_step_is_a_move_of_the_machine",
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
            model_name="cardorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("to_send", "à envoyer"),
                    ("sent", "envoyée"),
                    ("produced", "fabriquée"),
                    ("revoked", "annulée"),
                ],
                default="to_send",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="signer_quality",
            field=models.CharField(max_length=200),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="case_follows_the_machine",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:in_production,biometrics_due:under_review,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:received,filed:withdrawn,granted:biometrics_due,granted:in_production,handed_over:archived,in_production:card_ready,in_production:under_review,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="fba2a6a003c8144f89595e83b51b45a80787b736",
                    operation="UPDATE",
                    pgid="pgtrigger_case_follows_the_machine_59865",
                    table="workflows_case",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="cardorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["to_send", "revoked"]),
                    models.Q(("maker_order", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_sent_order_has_the_makers_number",
            ),
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
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("move", "open"), ("number", 1), ("source", ""), ("target", "filed")),
                    models.Q(
                        ("move", "acknowledge"),
                        ("source__in", ["received"]),
                        ("target", "under_review"),
                    ),
                    models.Q(
                        ("move", "archive"),
                        ("source__in", ["closed", "handed_over", "refused", "withdrawn"]),
                        ("target", "archived"),
                    ),
                    models.Q(
                        ("move", "ask_completion"),
                        ("source__in", ["received", "under_review"]),
                        ("target", "completion_requested"),
                    ),
                    models.Q(
                        ("move", "ask_opinion"),
                        ("source__in", ["under_review"]),
                        ("target", "opinion_requested"),
                    ),
                    models.Q(
                        ("move", "close"),
                        ("source__in", ["decision_proposed"]),
                        ("target", "closed"),
                    ),
                    models.Q(
                        ("move", "grant"),
                        ("source__in", ["decision_proposed"]),
                        ("target", "granted"),
                    ),
                    models.Q(
                        ("move", "hand_over"),
                        ("source__in", ["card_ready"]),
                        ("target", "handed_over"),
                    ),
                    models.Q(
                        ("move", "mark_card_ready"),
                        ("source__in", ["in_production"]),
                        ("target", "card_ready"),
                    ),
                    models.Q(
                        ("move", "propose"),
                        ("source__in", ["received", "under_review"]),
                        ("target", "decision_proposed"),
                    ),
                    models.Q(
                        ("move", "receive_completion"),
                        ("source__in", ["completion_requested"]),
                        ("target", "received"),
                    ),
                    models.Q(
                        ("move", "receive_completion"),
                        ("source__in", ["completion_requested"]),
                        ("target", "under_review"),
                    ),
                    models.Q(
                        ("move", "receive_opinion"),
                        ("source__in", ["opinion_requested"]),
                        ("target", "under_review"),
                    ),
                    models.Q(
                        ("move", "refuse"),
                        ("source__in", ["decision_proposed"]),
                        ("target", "refused"),
                    ),
                    models.Q(
                        ("move", "reopen"),
                        ("source__in", ["closed", "refused"]),
                        ("target", "under_review"),
                    ),
                    models.Q(
                        ("move", "require_biometrics"),
                        ("source__in", ["granted"]),
                        ("target", "biometrics_due"),
                    ),
                    models.Q(
                        ("move", "reroute"),
                        ("source__in", ["completion_requested"]),
                        ("target", "completion_requested"),
                    ),
                    models.Q(
                        ("move", "reroute"),
                        (
                            "source__in",
                            ["decision_proposed", "opinion_requested", "received", "under_review"],
                        ),
                        ("target", "received"),
                    ),
                    models.Q(
                        ("move", "retract"),
                        ("source__in", ["biometrics_due", "card_ready", "in_production"]),
                        ("target", "under_review"),
                    ),
                    models.Q(("move", "route"), ("source__in", ["filed"]), ("target", "received")),
                    models.Q(
                        ("move", "send_back"),
                        ("source__in", ["decision_proposed"]),
                        ("target", "received"),
                    ),
                    models.Q(
                        ("move", "send_back"),
                        ("source__in", ["decision_proposed"]),
                        ("target", "under_review"),
                    ),
                    models.Q(
                        ("move", "start_production"),
                        ("source__in", ["granted"]),
                        ("target", "in_production"),
                    ),
                    models.Q(
                        ("move", "take_biometrics"),
                        ("source__in", ["biometrics_due"]),
                        ("target", "in_production"),
                    ),
                    models.Q(
                        ("move", "withdraw"),
                        (
                            "source__in",
                            [
                                "completion_requested",
                                "decision_proposed",
                                "filed",
                                "opinion_requested",
                                "received",
                                "under_review",
                            ],
                        ),
                        ("target", "withdrawn"),
                    ),
                    _connector="OR",
                ),
                name="a_step_is_a_move_of_the_machine",
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
            model_name="observationinvitation",
            name="applicant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="observationinvitation",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="workflows.case",
            ),
        ),
        migrations.AddField(
            model_name="observationinvitation",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="applicant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retractions",
                to="workflows.case",
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retractions",
                to="workflows.decision",
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="signer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="retraction",
            name="step",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.step",
            ),
        ),
        migrations.AddField(
            model_name="observationinvitation",
            name="retraction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitation",
                to="workflows.retraction",
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
            model_name="retraction",
            name="delegation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.signingdelegation",
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
            model_name="observationinvitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("assisted_by", ""), ("text", "")),
                    models.Q(("answered_at__isnull", False), models.Q(("text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_answered_invitation_has_its_text",
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
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None)),
                fields=("case",),
                name="a_case_has_one_open_retraction",
                violation_error_message="Un retrait attend déjà une signature.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grounds_law", ""), _negated=True),
                    models.Q(("grounds_fact", ""), _negated=True),
                    models.Q(("grounds_law__contains", "[…"), _negated=True),
                    models.Q(("grounds_fact__contains", "[…"), _negated=True),
                ),
                name="a_retraction_gives_its_grounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signer", None),
                    models.Q(("signer", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_make_a_retraction",
            ),
        ),
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_how", "signed"), _negated=True),
                    models.Q(
                        ("delegation__isnull", False),
                        ("signer__isnull", False),
                        ("step__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_signed_retraction_has_its_signature",
            ),
        ),
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_how", "dropped"), _negated=True),
                    models.Q(("dropped_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_dropped_retraction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="retraction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("settled_how", "")),
                    models.Q(
                        ("settled_at__isnull", False), models.Q(("settled_how", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_settled_retraction_says_how",
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
        rls.protect("workflows_retraction"),
        rls.protect("workflows_observationinvitation"),
        rls.stamp("workflows_retraction", "made_at"),
        rls.stamp("workflows_observationinvitation", "invited_at"),
        rls.immutable(
            "workflows_retraction",
            *("id", "dossier_id", "applicant_id", "case_id", "decision_id", "grounds_law"),
            *("grounds_fact", "proposed_by_id", "made_at"),
        ),
        rls.immutable(
            "workflows_observationinvitation",
            *("id", "dossier_id", "applicant_id", "case_id", "retraction_id", "due_on"),
            *("invited_at", "letter_id"),
        ),
        migrations.RunSQL(PROOFS, UNPROVEN),
        rls.set_once("workflows_decision", "revoked_at"),
    ]
