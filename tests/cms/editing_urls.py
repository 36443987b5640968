"""The addresses of the editing process, for tests that run as it does."""

from portal.urls import editing_patterns

urlpatterns = editing_patterns()
