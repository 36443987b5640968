"""The tables of the review."""

from workflows.models.alarm import Alarm, AlarmDigest, ClockRun
from workflows.models.appeal import Appeal
from workflows.models.card import CardOrder
from workflows.models.case import Case
from workflows.models.clock import ClockPause
from workflows.models.decision import Decision, Proposal
from workflows.models.opinion import Opinion
from workflows.models.reasons import ReasonsRequest
from workflows.models.step import Step

__all__ = [
    "Alarm",
    "AlarmDigest",
    "Appeal",
    "CardOrder",
    "Case",
    "ClockPause",
    "ClockRun",
    "Decision",
    "Opinion",
    "Proposal",
    "ReasonsRequest",
    "Step",
]
