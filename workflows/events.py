"""News from the review. Receivers run in the same transaction and must succeed."""

from portal.core.events import DomainEvent

visit_due = DomainEvent("The person must come once. Facts: case, step, purpose, at.")
visit_moved = DomainEvent(
    "A visit is due at another office, where its person lives now. Facts: case, step, purpose, at."
)
decision_served = DomainEvent("A decision signed by a second person. Facts: case, step, at.")
case_closed = DomainEvent("Nothing more is expected of anybody. Facts: case, step, at.")
decision_revoked = DomainEvent(
    "A decision was withdrawn: what followed falls. Facts: case, step, at."
)
