"""A failure of ours leaves a row of its own, whatever the transaction that failed took back."""

import logging

from django.db import connection

from dossiers import api as dossiers
from portal.accounts.api import Role
from portal.core import door, incidents

logger = logging.getLogger(__name__)
_BUG = 500


class FailureWatch:
    """Outside the door: what it writes is a transaction after the one that failed.

    Nothing is read from what the person sent. When the database itself is down nothing can be
    written: the operators declare that time once it is over.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer as ever, then record what failed."""
        with incidents.watching() as noted:
            response = self.get_response(request)
        if response.status_code == _BUG:
            noted.append("page")
        if noted:
            _record(request, sorted(set(noted)))
        return response


def _record(request, kinds):
    try:
        # the fault may have been the connection; inside a test it is the test's own
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or Role.APPLICANT not in user.roles:
            return
        place = match.view_name if match else ""
        dossier_id = match.kwargs.get("dossier_id") if match else None
        with door.acting(user.pk):
            for kind in kinds:
                dossiers.record_failure(user.pk, kind, place=place or "", dossier_id=dossier_id)
    except Exception:
        # the person has their answer; that it failed twice is for the logs
        logger.exception("a failure was not recorded")
