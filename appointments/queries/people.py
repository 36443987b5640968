"""The agents of an office whom the room tells something."""

from datetime import date

from portal.accounts.api import Post, Role, User


def supervisors_of(prefecture_code: str, day: date) -> list[User]:
    """Those who supervise a prefecture on this day."""
    posts = (
        Post.objects.held_on(day)
        .filter(prefecture=prefecture_code, role=Role.SUPERVISOR.value, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    return [post.user for post in posts]
