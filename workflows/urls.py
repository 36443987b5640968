"""The desk's addresses; `portal.urls` puts them behind /agent/ in the `desk` namespace."""

urlpatterns: list = []
