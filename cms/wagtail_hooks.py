"""What editors see of Wagtail: pages only, because a page here holds no file."""

from wagtail import hooks

NOT_OURS = {"images", "documents", "help"}
LIBRARIES = ("wagtail.images", "wagtail.documents")
LAST = 1_000


@hooks.register("construct_main_menu")
def show_what_is_used(request, menu_items):
    """Leave out the libraries of files and the links that lead out of this installation."""
    menu_items[:] = [item for item in menu_items if item.name not in NOT_OURS]


@hooks.register("construct_homepage_summary_items", order=LAST)
def count_what_is_used(request, summary_items):
    """The same on the editors' first page."""
    summary_items[:] = [
        item for item in summary_items if not type(item).__module__.startswith(LIBRARIES)
    ]
