"""Migrates a new database sooner: a constraint or an index does not make every model again.

At each constraint and index that a migration adds or takes away, Django builds anew the classes of
the model and of all that refer to it, which here is nearly every model, although no field changes.
Here the option is written on the class that is there. Used for what is made from nothing on one
machine, tests and demonstration; a long test compares the two schemas. Production runs `migrate`.
"""

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState


def _put(state, app_label, model_name, option, found):
    """Write an option in the state, and on the class if it was built."""
    state.models[app_label, model_name].options[option] = found
    if "apps" in vars(state):
        setattr(state.apps.get_model(app_label, model_name)._meta, option, list(found))


def _adding(option):
    def add(state, app_label, model_name, obj):
        found = state.models[app_label, model_name].options[option]
        _put(state, app_label, model_name, option, [*found, obj])

    return add


def _removing(option):
    def remove(state, app_label, model_name, name):
        found = state.models[app_label, model_name].options[option]
        _put(state, app_label, model_name, option, [obj for obj in found if obj.name != name])

    return remove


class Command(migrate.Command):
    """`migrate`, with those four steps shortened."""

    help = "Migrate a database that holds nothing yet; the result is that of migrate, sooner."

    def handle(self, *args, **options):
        ProjectState.add_index, ProjectState.remove_index = _adding("indexes"), _removing("indexes")
        ProjectState.add_constraint = _adding("constraints")
        ProjectState.remove_constraint = _removing("constraints")
        super().handle(*args, **options)
