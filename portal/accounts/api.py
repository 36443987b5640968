"""What other rooms may use of the accounts."""

from portal.accounts.enums import POST_ROLES, Kind, Role
from portal.accounts.models import Post, User
from portal.accounts.services import appoint, create_applicant

__all__ = ["POST_ROLES", "Kind", "Post", "Role", "User", "appoint", "create_applicant"]
