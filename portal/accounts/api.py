"""What other rooms may use of the accounts."""

from portal.accounts.contacts import digests as contact_digests
from portal.accounts.enums import POST_ROLES, Kind, Role
from portal.accounts.models import Absence, Post, User
from portal.accounts.organisations import invitations_for, organisations_of
from portal.accounts.services import appoint, create_applicant, invite_applicant
from portal.accounts.staff import (
    Member,
    agents_sharing,
    away_for_long,
    colleagues_of,
    end_absence,
    procedures_of,
    record_absence,
    reviewers_of,
    reviewers_present,
    set_contacts,
    team_of,
)

__all__ = [
    "POST_ROLES",
    "Absence",
    "Kind",
    "Member",
    "Post",
    "Role",
    "User",
    "agents_sharing",
    "appoint",
    "away_for_long",
    "colleagues_of",
    "contact_digests",
    "create_applicant",
    "end_absence",
    "invitations_for",
    "invite_applicant",
    "organisations_of",
    "procedures_of",
    "record_absence",
    "reviewers_of",
    "reviewers_present",
    "set_contacts",
    "team_of",
]
