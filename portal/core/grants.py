"""Who may touch which table: role × model × verbs, applied after every migration.

Nothing is allowed by default. The first pattern that matches a model's label wins; no match
means no right. Verbs: S select, I insert, U update, D delete.
"""

from fnmatch import fnmatch

from django.apps import apps
from django.db import connections, transaction

ROLES = ("portal_web", "portal_worker", "portal_issuer", "portal_editing")
VERBS = {"S": "select", "I": "insert", "U": "update", "D": "delete"}

# What Django itself needs in every process.
FRAMEWORK = {
    "sessions.*": "SIUD",
    "contenttypes.*": "S",
    "auth.*": "S",
}
WAGTAIL_READ = {"wagtail*": "S", "taggit.*": "S", "cms.*": "S"}

GRANTS = {
    "web": {
        "core.journalline": "SI",
        "territory.*": "S",
        "accounts.user": "SIU",
        "accounts.user_*": "S",
        "accounts.post": "S",
        "accounts.absence": "SIU",
        "accounts.agentcontact": "S",
        "accounts.agentskill": "S",
        "accounts.editingcacheentry": "",
        # an organisation is verified by a command
        "accounts.organisation": "SI",
        "accounts.membership": "SIU",
        "accounts.*": "SIUD",
        "account.*": "SIUD",
        "vault.rendition": "S",
        "vault.machinereading": "S",
        "vault.scanalarm": "S",
        "vault.secondlook": "SIU",
        "vault.retentionrule": "S",
        "vault.storedfile": "SIU",
        "vault.accessgrant": "SIU",
        "vault.upload": "SIU",
        "vault.uploadchunk": "SI",
        # keys are asked for one by one, of functions of the database
        "vault.*": "",
        "correspondence.outgoingmail": "SI",
        "correspondence.letter": "SIU",
        "correspondence.timelineline": "SIU",
        "dossiers.procedureversion": "S",
        # recognising somebody at a counter is a function of the database, which counts
        "dossiers.assistedidentification": "S",
        "dossiers.codeuse": "SI",
        # tries at a code are written by a function of the database, which counts
        "dossiers.linktry": "S",
        "dossiers.registerlookup": "SIU",
        "dossiers.submission": "SIU",
        # what failed is recorded and certified, and never changes
        "dossiers.failure": "SI",
        "dossiers.downtime": "SI",
        "dossiers.incidentcertificate": "SI",
        "dossiers.*": "SIU",
        # a power to sign is given by a command, never from a page
        "workflows.signingdelegation": "S",
        # alarms are raised and runs are kept by the daily job alone
        "workflows.alarm": "SU",
        "workflows.alarmdigest": "S",
        "workflows.clockrun": "S",
        "workflows.*": "SIU",
        "appointments.clearance": "SIU",
        "appointments.appointment": "SU",
        "appointments.changerequest": "SI",
        "appointments.checkin": "SI",
        "appointments.closure": "SIU",
        "appointments.counteroutage": "SIU",
        "appointments.openday": "SI",
        "appointments.counterskill": "SI",
        "appointments.openingpattern": "SIU",
        "appointments.preference": "SIU",
        "appointments.preferredsite": "SIUD",
        "appointments.readmission": "SI",
        "appointments.keptrank": "SI",
        "appointments.shortnoticeoffer": "SU",
        "appointments.urgency": "SIU",
        "appointments.visit": "SIU",
        "appointments.waitingscreen": "SIU",
        "appointments.undeliverednotice": "SU",
        "appointments.slot": "",
        "appointments.seat": "",
        "appointments.runinputs": "",
        "appointments.drawnseed": "",
        "appointments.*": "S",
        "procrastinate.procrastinatejob": "SI",
        "procrastinate.procrastinateevent": "SI",
        "procrastinate.*": "",
        **FRAMEWORK,
        **WAGTAIL_READ,
    },
    "worker": {
        "core.journalline": "SI",
        # sites are described by a command, never from a page
        "territory.site": "SIU",
        "territory.counter": "SI",
        "territory.landmark": "SIUD",
        "territory.*": "S",
        # agents and their posts are made by a command, never from a page
        "accounts.user": "SIU",
        "accounts.user_groups": "SID",
        "accounts.post": "SIU",
        "accounts.agentcontact": "SIU",
        "accounts.agentskill": "SIU",
        "accounts.organisation": "SU",
        "accounts.editingcacheentry": "",
        "accounts.*": "S",
        "account.*": "S",
        # one that is lost is made again under another name
        "vault.rendition": "SIU",
        # erased with its file
        "vault.machinereading": "SID",
        "vault.scanalarm": "SIU",
        "vault.storedfile": "SIU",
        "vault.accessgrant": "SIU",
        # what was staged is cleared once the upload has ended
        "vault.upload": "SIUD",
        "vault.uploadchunk": "SD",
        "vault.retentionrule": "SI",
        "vault.*": "SIU",
        "correspondence.outgoingmail": "SIU",
        "correspondence.letter": "SIU",
        "correspondence.timelineline": "SIU",
        "dossiers.procedureversion": "S",
        "dossiers.assistedidentification": "S",
        "dossiers.assistedsession": "S",
        "dossiers.codeuse": "S",
        "dossiers.registerlookup": "SU",
        "dossiers.mandate": "S",
        "dossiers.dossierlink": "SU",
        "dossiers.linktry": "S",
        "dossiers.submission": "S",
        "dossiers.failure": "SI",
        "dossiers.downtime": "S",
        "dossiers.incidentcertificate": "S",
        "dossiers.*": "SIU",
        "workflows.alarmdigest": "SI",
        "workflows.*": "SIU",
        "appointments.clearance": "SIU",
        "appointments.appointment": "SU",
        "appointments.visitfigure": "SIU",
        "appointments.reminder": "SI",
        "appointments.shortnoticeoffer": "",
        "appointments.undeliverednotice": "SIU",
        "appointments.slot": "",
        "appointments.seat": "",
        "appointments.runinputs": "",
        "appointments.drawnseed": "",
        "appointments.*": "S",
        "procrastinate.*": "SIUD",
        **FRAMEWORK,
        **WAGTAIL_READ,
    },
    "issuer": {
        "core.journalline": "SI",
        "territory.*": "S",
        "accounts.user": "S",
        "correspondence.outgoingmail": "SI",
        "correspondence.letter": "SI",
        "correspondence.timelineline": "SI",
        "appointments.clearance": "SU",  # to lock; a trigger refuses it any change
        "appointments.appointment": "SIU",
        "appointments.slot": "SIU",
        "appointments.seat": "SIU",
        "appointments.dailytotal": "SIU",
        "appointments.forecast": "SIU",
        "appointments.issuerun": "SI",
        "appointments.issuedecision": "SI",
        "appointments.shortnoticeoffer": "SIU",
        "appointments.runinputs": "SI",
        "appointments.drawnseed": "SI",
        "appointments.noshowrate": "SI",
        "appointments.checkin": "",
        "appointments.waitingscreen": "",
        "appointments.reminder": "",
        "appointments.*": "S",
        "procrastinate.*": "SIUD",
        "contenttypes.*": "S",
    },
    "editing": {
        "core.journalline": "SI",
        "accounts.user": "S",
        "accounts.user_*": "S",
        "accounts.editingcacheentry": "SIUD",
        "accounts.cacheentry": "SIUD",
        "accounts.absence": "",
        "accounts.agentcontact": "",
        "accounts.agentskill": "",
        "accounts.organisation": "",
        "accounts.membership": "",
        "accounts.*": "S",
        "dossiers.procedureversion": "S",
        "territory.prefecture": "S",
        "wagtailimages.*": "S",
        "wagtaildocs.*": "S",
        "wagtail*": "SIUD",
        "cms.*": "SIUD",
        "taggit.*": "SIUD",
        "auth.*": "S",
        "contenttypes.*": "S",
    },
}

# Rights on single columns: signing in writes its moment, and nothing else of an account; a person
# says that a machine's reading is wrong, and changes nothing of it.
COLUMN_GRANTS = (
    ("editing", "update (last_login)", "accounts_user"),
    ("web", "update (contested_at)", "vault_machinereading"),
)

# Functions that see more than who calls them: these roles alone may.
FUNCTION_GRANTS = {
    "appointments_standing(text, uuid)": ("portal_web",),
    "dossiers_certificate_known(text, date)": ("portal_web",),
    "dossiers_try_link_code(text, uuid)": ("portal_web",),
    "dossiers_accept_link(uuid, text, uuid, text)": ("portal_web",),
    "dossiers_end_link_with(uuid)": ("portal_web", "portal_worker"),
    "dossiers_linked_with(uuid)": ("portal_web", "portal_worker"),
    "dossiers_couples_of(text)": ("portal_issuer",),
    "vault_lock_key(uuid)": (),
    "vault_key_of(uuid)": ("portal_web", "portal_worker"),
    "vault_keep_from(uuid, text, date)": ("portal_web", "portal_worker"),
    "vault_keep_key(uuid, integer, text)": ("portal_web", "portal_worker"),
    "vault_suspect(uuid)": ("portal_web",),
    "appointments_why_over(appointments_shortnoticeoffer)": ("portal_issuer",),
}


def statements():
    """The SQL that makes the database's rights equal to the matrix above."""
    roles = ", ".join(ROLES)
    yield f"revoke all on all tables in schema public from {roles}"
    yield f"revoke all on all sequences in schema public from {roles}"
    yield f"grant usage on all sequences in schema public to {roles}"
    yield f"grant execute on all functions in schema public to {roles}"
    yield f"grant select on django_migrations to {roles}"
    for role in GRANTS:
        tables_by_verbs: dict[str, set[str]] = {}
        for model in apps.get_models(include_auto_created=True):
            if model._meta.proxy:
                continue
            verbs = verbs_for(role, model)
            if verbs:
                tables_by_verbs.setdefault(verbs, set()).add(model._meta.db_table)
        for verbs, tables in tables_by_verbs.items():
            granted = ", ".join(VERBS[verb] for verb in verbs)
            yield f"grant {granted} on {', '.join(sorted(tables))} to portal_{role}"
    for role, verb, table in COLUMN_GRANTS:
        yield f"grant {verb} on {table} to portal_{role}"


def verbs_for(role, model) -> str:
    """The verbs that a role has on a model's table."""
    label = model._meta.label_lower
    return next((verbs for pattern, verbs in GRANTS[role].items() if fnmatch(label, pattern)), "")


def sync_after_migration(*, using, **_):
    """Apply the matrix; runs once for each application migrated, and is cheap."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('clock_offset') is not null")
        movable = cursor.fetchone()[0]
        existing = set(connections[using].introspection.table_names(cursor))
        for statement in statements():
            cursor.execute(_only_existing(statement, existing))
        for function, callers in FUNCTION_GRANTS.items():
            cursor.execute("select to_regprocedure(%s) is not null", [function])
            if cursor.fetchone()[0]:
                others = ", ".join(role for role in ROLES if role not in callers)
                cursor.execute(f"revoke execute on function {function} from {others}")
        if movable:
            cursor.execute(f"grant select on clock_offset to {', '.join(ROLES)}")


def _only_existing(statement, existing):
    """Partial migrations: leave out tables that do not exist yet."""
    if not statement.startswith("grant") or " on all " in statement:
        return statement
    head, _, rest = statement.partition(" on ")
    tables, _, role = rest.rpartition(" to ")
    kept = [table for table in tables.split(", ") if table in existing]
    return f"{head} on {', '.join(kept)} to {role}" if kept else "select 1"
