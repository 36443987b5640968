"""Pages that exist in a demonstration only."""

from portal.core.policy import ANYONE, Policy, route
from portal.demo import mail

urlpatterns = [
    route("courrier/", mail.MailPage.as_view(), name="mail", policy=Policy("public", ANYONE)),
]
