"""Every table that the national database fills, with the columns that are given."""

from tests.benchmarks.loading import Table


class Tables:
    """Every table that is filled, in the order of their keys."""

    def __init__(self):
        personal = ("id", "dossier_id", "applicant_id", "prefecture_code", "case_id")
        self.user = Table(
            "accounts_user", "id", "email", "kind", "password", "display_name", "staff_number"
        )
        self.post = Table("accounts_post", "user_id", "prefecture_id", "role", "starts_on")
        self.power = Table(
            "workflows_signingdelegation",
            "id",
            "signatory_id",
            "prefecture_code",
            "acts",
            "quality",
            "order_reference",
            "order_on",
            "starts_on",
        )
        self.person = Table("dossiers_person", "id", "passport_key")
        self.dossier = Table(
            "dossiers_dossier",
            "id",
            "applicant_id",
            "procedure_code",
            "version_id",
            "answers",
            "person_id",
            "prefecture_code",
            "department_code",
            "number",
            "created_at",
            "updated_at",
            "filed_at",
            "sealed_at",
            "withdrawn_at",
        )
        self.submission = Table(
            "dossiers_submission",
            "id",
            "dossier_id",
            "applicant_id",
            "prefecture_code",
            "number",
            "answers",
            "evidence",
            "sworn_text",
            "language",
            "filed_at",
        )
        self.request = Table(
            "dossiers_completionrequest",
            "id",
            "dossier_id",
            "applicant_id",
            "prefecture_code",
            "about_submission",
            "asked_at",
            "due_on",
            "closed_at",
            "outcome",
            "answer_submission",
        )
        self.item = Table(
            "dossiers_completionitem",
            "id",
            "request_id",
            "dossier_id",
            "applicant_id",
            "prefecture_code",
            "kind",
            "code",
            "essential",
            "why",
            "answered_at",
        )
        self.case = Table(
            "workflows_case",
            "id",
            "dossier_id",
            "applicant_id",
            "prefecture_code",
            "state",
            "last_step",
            "submission_number",
            "dossier_number",
            "procedure_code",
            "holder_name",
            "filed_at",
            "clock_rule",
            "clock_article",
            "clock_months",
            "clock_days",
            "implicit_refusal_on",
            "implicit_refusal_flagged_on",
            "due_on",
            "due_rule",
            "due_article",
            "reviewer_id",
            "contact_keys",
            "service_id",
            "routing_rule",
            "complete_at",
            "back_to",
            "completion_request_id",
            "opinion_id",
            "proposed_by_id",
            "proposed_outcome",
            "proposed_submission",
            "decided_by_id",
            "decided_at",
            "outcome",
            "title_starts_on",
            "title_ends_on",
            "prints_on_record",
            "card_ordered_at",
            "card_number",
            "ended_at",
        )
        self.step = Table(
            "workflows_step",
            *personal,
            "number",
            "move",
            "source",
            "target",
            "actor_id",
            "role",
            "office_code",
            "submission_number",
            "clears",
            "at",
        )
        self.assignment = Table(
            "workflows_assignment", *personal, "agent_id", "since", "until", "why", "ended_why"
        )
        self.pause = Table(
            "workflows_clockpause",
            *personal,
            "completion_request_id",
            "starts_on",
            "due_on",
            "supplied_on",
            "closed_at",
        )
        self.opinion = Table(
            "workflows_opinion",
            *personal,
            "kind",
            "question",
            "due_on",
            "asked_by_id",
            "asked_at",
            "answer",
            "settled_at",
        )
        self.proposal = Table(
            "workflows_proposal",
            *personal,
            "outcome",
            "grounds_law",
            "grounds_fact",
            "title_starts_on",
            "title_ends_on",
            "title_months",
            "closure_code",
            "submission_number",
            "proposed_by_id",
            "made_at",
            "settled_at",
            "settled_how",
        )
        self.check = Table(
            "workflows_checkresult",
            *personal,
            "proposal_id",
            "position",
            "code",
            "answer",
            "by_rule",
            "note",
        )
        self.decision = Table(
            "workflows_decision",
            *personal,
            "proposal_id",
            "step_id",
            "outcome",
            "proposer_id",
            "signer_id",
            "signer_name",
            "signer_quality",
            "delegation_id",
            "office_code",
            "signed_at",
        )
        self.order = Table(
            "workflows_cardorder",
            *personal,
            "step_id",
            "idempotency_key",
            "state",
            "maker_order",
            "ordered_at",
            "produced_at",
        )

    def all(self) -> list[Table]:
        return list(vars(self).values())

    def flush(self, login) -> None:
        for table in self.all():
            table.flush(login)
