"""The invented people and places of the demonstration; every name says that it is invented."""

from dataclasses import dataclass

PASSWORD = "demonstration-2026"  # noqa: S105 -- printed on the screen for visitors


@dataclass(frozen=True)
class DemoAgent:
    """One sign-in of the demonstration."""

    email: str
    display_name: str
    kind: str
    role: str
    prefecture: str | None
    door: str
    staff_number: str | None = None


AGENTS = (
    DemoAgent(
        "instruction.herault@demo.invalid",
        "Instructrice Exemple",
        "agent",
        "reviewer",
        "34",
        "/agent/",
        "DEMO-1",
    ),
    DemoAgent(
        "signature.herault@demo.invalid",
        "Signataire Exemple",
        "agent",
        "signatory",
        "34",
        "/agent/",
        "DEMO-2",
    ),
    DemoAgent(
        "guichet.herault@demo.invalid",
        "Guichetière Exemple",
        "agent",
        "counter_agent",
        "34",
        "/counter/",
        "DEMO-3",
    ),
    DemoAgent(
        "encadrement.herault@demo.invalid",
        "Responsable Exemple",
        "agent",
        "supervisor",
        "34",
        "/agent/",
        "DEMO-4",
    ),
    DemoAgent(
        "instruction.paris@demo.invalid",
        "Instructeur Exemple",
        "agent",
        "reviewer",
        "75",
        "/agent/",
        "DEMO-5",
    ),
    DemoAgent(
        "audit@demo.invalid", "Auditrice Exemple", "auditor", "auditor", None, "/agent/journal/"
    ),
    DemoAgent(
        "exploitation@demo.invalid",
        "Administrateur Exemple",
        "administrator",
        "administrator",
        None,
        "/agent/exploitation/",
    ),
    DemoAgent("redaction@demo.invalid", "Rédactrice Exemple", "editor", "editor", None, "/edit/"),
    # A page is published by a second person.
    DemoAgent("relecture@demo.invalid", "Relecteur Exemple", "editor", "editor", None, "/edit/"),
)

APPLICANT = "demandeuse@demo.invalid"

SITES = (
    (
        "34",
        "Accueil des étrangers (exemple)",
        "1 place de l'Exemple\n34000 Montpellier",
        "Tramway lignes 1 et 4, arrêt Exemple. Entrée de plain-pied.",
        ("Guichet A", "Guichet B"),
        (43.61100, 3.87700),
        (
            ("Arrêt de tramway Exemple", 43.60980, 3.87870),
            ("Parking de l'Exemple", 43.61290, 3.87560),
        ),
    ),
    (
        "75",
        "Centre de réception des étrangers (exemple)",
        "2 rue de l'Exemple\n75000 Paris",
        "Métro ligne 4, station Exemple. Ascenseur.",
        ("Guichet 1", "Guichet 2", "Guichet 3"),
        (48.85600, 2.34700),
        (
            ("Métro ligne 4, station Exemple", 48.85450, 2.34640),
            ("Arrêt de bus Exemple", 48.85710, 2.34920),
        ),
    ),
)

# Institutions whose students an invented counter receives, with every way of writing each name.
STUDENT_COUNTERS = (
    (
        "34",
        "guichet-etudiant-exemple",
        "Guichet étudiant (exemple)",
        "3 place de l'Exemple\n34000 Montpellier",
        ("student-renewal",),
        (
            (
                "Université Exemple de Montpellier",
                ("Université Exemple de Montpellier", "Univ. Exemple Montpellier", "UEM (exemple)"),
            ),
            ("École Exemple du Lez", ("École Exemple du Lez", "EEL (exemple)")),
        ),
    ),
)
