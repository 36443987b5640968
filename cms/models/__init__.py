"""Pages of the public site and the task that makes two people publish them."""

from cms.models.guidance import GuidancePage, ProcedurePage, SectionPage
from cms.models.home import HomePage
from cms.publishing import GroupReviewTask

__all__ = ["GroupReviewTask", "GuidancePage", "HomePage", "ProcedurePage", "SectionPage"]
