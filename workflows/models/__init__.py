"""The tables of the review."""

from workflows.models.card import CardOrder
from workflows.models.case import Case
from workflows.models.clock import ClockPause
from workflows.models.decision import Decision, Proposal
from workflows.models.item_review import ItemReview
from workflows.models.opinion import Opinion
from workflows.models.step import Step

__all__ = [
    "CardOrder",
    "Case",
    "ClockPause",
    "Decision",
    "ItemReview",
    "Opinion",
    "Proposal",
    "Step",
]
