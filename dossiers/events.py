"""News from the applicant's side. Listeners run in the same transaction and must succeed."""

from portal.core.events import DomainEvent

dossier_filed = DomainEvent(
    "A dossier was filed for the first time. Facts: dossier, submission, at."
)
completion_supplied = DomainEvent(
    "The applicant sent what a completion request asked. Facts: dossier, request, submission, at."
)
completion_extended = DomainEvent(
    "The applicant was given more time to answer. Facts: dossier, request, extended_to, at."
)
dossier_withdrawn = DomainEvent(
    "The applicant gave up a filed request; its review must stop. Facts: dossier, at."
)
address_changed = DomainEvent(
    "The applicant of a filed request declared another address. Facts: dossier, submission, at."
)
dossier_amended = DomainEvent(
    "The applicant changed a filed request before its decision. Facts: dossier, submission, at."
)
