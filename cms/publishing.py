"""Two people for each publication: who wrote last never approves."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    AbstractGroupApprovalTask,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

# The two groups that Wagtail's own migrations make.
WRITERS = "Editors"
READERS = "Moderators"


class GroupReviewTask(AbstractGroupApprovalTask):
    """A colleague of the group reads the page; its last author cannot approve it.

    Both the button and the act come from `get_actions`, so that a forged
    request is refused like the missing button.
    """

    class Meta:
        verbose_name = _("relecture par une deuxième personne")
        verbose_name_plural = _("relectures par une deuxième personne")

    def get_actions(self, obj, user):
        if self._wrote_last(obj, user):
            return []
        return super().get_actions(obj, user)

    def _wrote_last(self, obj, user) -> bool:
        revision = obj.get_latest_revision()
        return revision is not None and revision.user_id == user.pk

    @classmethod
    def get_description(cls):
        return _("Une personne du groupe relit et publie ; jamais celle qui a écrit en dernier.")


def require_two_people() -> None:
    """Replace Wagtail's one-person moderation by ours and take away the shortcut.

    Does nothing once our task exists: what administrators changed since then stays.
    """
    if GroupReviewTask.objects.exists():
        return
    task = GroupReviewTask.objects.create(name="Relecture à deux")
    task.groups.set(Group.objects.filter(name=READERS))
    # "publish" on its own would let one person put a page on line.
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()
    workflow = Workflow.objects.create(name="Publier à deux")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    root = Page.get_first_root_node()
    WorkflowPage.objects.filter(page=root).delete()
    WorkflowPage.objects.create(page=root, workflow=workflow)
    Workflow.objects.exclude(pk=workflow.pk).update(active=False)


def admit_editor(user) -> None:
    """Let an editor write pages and approve those of colleagues.

    Needs the worker's role: nobody gives themselves a permission from a page.
    """
    user.groups.add(*Group.objects.filter(name__in=[WRITERS, READERS]))
