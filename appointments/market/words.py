"""The sentences of the report, in French first and in English."""

from typing import Any

LANGUAGES = ("fr", "en")

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#161616;background:#fff}"
    "main{max-width:60rem;margin:0 auto;padding:1rem}"
    ".table{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem}"
    "th,td{border:1px solid #929292;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "figure{margin:1.5rem 0}figcaption{font-weight:700}svg{width:100%;height:auto}"
    "svg text{font-size:12px;fill:#161616}svg .label{text-anchor:end}"
    "svg .gain{fill:#000091}svg .loss{fill:#929292}"
    "svg .interval{stroke:#e1000f;stroke-width:2}svg .axis{stroke:#161616}"
)

WORDS: dict[str, dict[str, Any]] = {
    "fr": {
        "name": "Français",
        "title": "Le marché des rendez-vous, simulé",
        "claims": (
            "Quand le rendez-vous est donné après l’examen, le marché disparaît parce qu’il n’y a "
            "rien à vendre : aucune place n’est montrée, prise ni cédée. Un tirage au sort le "
            "supprime aussi.",
            "L’attente baisse surtout parce que l’examen évite les visites manquées ou inutiles, "
            "et non par la façon de donner les places : les variantes le montrent.",
            "C’est un modèle. Beaucoup de ses chiffres sont supposés ; chacun porte sa marque plus "
            "bas. Un agent qui vend une décision n’est pas arrêté par l’ordre des places.",
        ),
        "seeds": "Graines par scénario : {seeds}, les mêmes personnes sous chaque règle. "
        "Moyenne ± demi-largeur de l’intervalle à 95 %.",
        "facts": "Faits publiés, reproduits ou non",
        "fact_heads": ("Fait", "Publié", "Trouvé", "Verdict"),
        "verdicts": {
            "reproduced": "reproduit",
            "fitted": "réglé pour l’être : ne prouve rien",
            "not reproduced": "non reproduit",
            "not run": "non joué",
        },
        "charts": "Comparaison des règles",
        "results": "Tous les résultats",
        "measure": "Mesure",
        "figures": "Chiffres et hypothèses",
        "figure_heads": ("Chiffre", "Valeur", "Marque", "Source ou raison (en anglais)"),
        "marks": {"read": "lu", "assumed": "supposé", "fitted": "réglé"},
        "holidays": "les jours fériés de l’Hérault",
    },
    "en": {
        "name": "English",
        "title": "The market of appointments, simulated",
        "claims": (
            "When the appointment is issued after review, the market is gone because nothing can "
            "be sold: no slot is shown, taken or passed on. A lottery ends it too.",
            "The waiting falls mostly because review removes failed visits, not because of how "
            "slots are given: the variants show it.",
            "This is a model. Many of its figures are assumed; each carries its mark below. An "
            "agent who sells a decision is not stopped by the order of slots.",
        ),
        "seeds": "Seeds for each scenario: {seeds}, the same people under every rule. "
        "Mean ± half the width of the 95 % interval.",
        "facts": "Published facts, reproduced or not",
        "fact_heads": ("Fact", "Published", "Found", "Verdict"),
        "verdicts": {
            "reproduced": "reproduced",
            "fitted": "made to fit: proves nothing",
            "not reproduced": "not reproduced",
            "not run": "not run",
        },
        "charts": "The rules compared",
        "results": "All results",
        "measure": "Measure",
        "figures": "Figures and assumptions",
        "figure_heads": ("Figure", "Value", "Mark", "Source or reason"),
        "marks": {"read": "read", "assumed": "assumed", "fitted": "fitted"},
        "holidays": "public holidays of Hérault",
    },
}
