"""What the runs say, for people: a page in each language and two tables."""

import csv
import io
from collections.abc import Sequence
from html import escape

from appointments.market import charts, facts
from appointments.market.measures import MEASURES, Measure
from appointments.market.parameters import FIGURES, Parameters
from appointments.market.regimes import SCENARIOS, Scenario
from appointments.market.runner import Row
from appointments.market.statistics import Interval, differences, interval, values_of
from appointments.market.words import LANGUAGES, STYLE, WORDS

DRAWN = ("profit", "capture", "wait_median", "late", "visits", "wasted")
"""The measures that have a chart."""

TABLED = ("capture", "profit", "price", "wait_median", "wait_p90", "late", "wasted", "visits")
"""Those of the short table."""


def write(rows: Sequence[Row]) -> dict[str, str]:
    """Every file of the report, by name. The same rows give the same bytes."""
    found = _summary(rows)
    judged = facts.judge(rows)
    files = {
        "summary.csv": _summary_csv(rows, found),
        "summary.md": _markdown(found),
        "facts.csv": _facts_csv(judged),
    }
    for language in LANGUAGES:
        files[f"report.{language}.html"] = _page(language, rows, found, judged)
    return files


Summary = dict[str, dict[str, Interval]]


def _summary(rows: Sequence[Row]) -> Summary:
    known = {row.scenario for row in rows}
    return {
        code: {one.code: interval(values_of(rows, code, one.code)) for one in MEASURES}
        for code in SCENARIOS
        if code in known
    }


def _summary_csv(rows: Sequence[Row], found: Summary) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "measure", "seeds", "mean", "half_width_95", "less_r1", "half_95"])
    for code, values in found.items():
        for name, value in values.items():
            paired = Interval(float("nan"), float("nan"), 0)
            if "R1" in found and value.count:
                paired = differences(rows, code, "R1", name)
            cells = (value.mean, value.half, paired.mean, paired.half)
            mean, half, less, less_half = (_number(one) for one in cells)
            writer.writerow([code, name, value.count, mean, half, less, less_half])
    return text.getvalue()


def _facts_csv(judged: Sequence[facts.Fact]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["fact", "verdict", "published", "found"])
    for one in judged:
        writer.writerow([one.code, one.verdict, one.published["en"], one.found["en"]])
    return text.getvalue()


def _number(value: float) -> str:
    return "" if value != value else f"{value:.6g}"


def _page(language: str, rows: Sequence[Row], found: Summary, judged: Sequence[facts.Fact]) -> str:
    words = WORDS[language]
    other = next(one for one in LANGUAGES if one != language)
    counts = sorted({sum(row.scenario == code for row in rows) for code in found})
    seeds = "–".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    parts = [
        f'<p><a href="report.{other}.html" hreflang="{other}" lang="{other}">'
        f"{escape(WORDS[other]['name'])}</a></p>",
        f"<h1>{escape(words['title'])}</h1>",
        *(f"<p>{escape(one)}</p>" for one in words["claims"]),
        f"<p>{escape(words['seeds'].format(seeds=seeds))}</p>",
        f"<h2>{escape(words['facts'])}</h2>",
        _facts_table(language, judged),
        f"<h2>{escape(words['charts'])}</h2>",
        *(_chart(language, one, found) for one in MEASURES if one.code in DRAWN),
        f"<h2>{escape(words['results'])}</h2>",
        _results_table(language, found),
        f"<h2>{escape(words['figures'])}</h2>",
        _figures_table(language),
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words['title'])}</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{body}\n</main></body>\n</html>\n"
    )


def _facts_table(language: str, judged: Sequence[facts.Fact]) -> str:
    words = WORDS[language]
    lines = [
        (one.code, one.published[language], one.found[language], words["verdicts"][one.verdict])
        for one in judged
    ]
    return _table(words["fact_heads"], lines)


def _chart(language: str, one: Measure, found: Summary) -> str:
    lines = [
        charts.Bar(
            f"{code} · {_name(language, SCENARIOS[code])}",
            values[one.code],
            _written(values[one.code], one),
        )
        for code, values in found.items()
    ]
    title = one.french if language == "fr" else one.english
    return charts.bars(title[:1].upper() + title[1:], lines, name=f"chart-{one.code}")


def _results_table(language: str, found: Summary) -> str:
    heads = [WORDS[language]["measure"], *found]
    lines = [
        [
            one.french if language == "fr" else one.english,
            *(_written(values[one.code], one) for values in found.values()),
        ]
        for one in MEASURES
    ]
    return _table(heads, lines)


def _figures_table(language: str) -> str:
    words, base = WORDS[language], Parameters()
    lines = [
        (
            name,
            words["holidays"] if name == "closed_days" else _plain(getattr(base, name)),
            words["marks"][one.mark],
            one.source,
        )
        for name, one in FIGURES.items()
    ]
    return _table(words["figure_heads"], lines)


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _name(language: str, scenario: Scenario) -> str:
    return scenario.french if language == "fr" else scenario.english


def _written(value: Interval, measure: Measure) -> str:
    if not value.count:
        return "–"
    by, digits, unit = (100, measure.digits, " %") if measure.is_share else (1, measure.digits, "")
    # a tiny loss rounds to zero without a sign
    mean = f"{round(value.mean * by, digits) + 0.0:,.{digits}f}".replace(",", " ")
    half = "" if value.half != value.half else f" ± {value.half * by:,.{digits}f}".replace(",", " ")
    return f"{mean}{half}{unit}"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(line[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in line[1:])
        + "</tr>\n"
        for line in lines
    )
    return (
        f'<div class="table" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}</tbody></table></div>"
    )


def _markdown(found: Summary) -> str:
    """The summary table of the documentation."""
    wanted = [one for code in TABLED for one in MEASURES if one.code == code]
    lines = ["| | " + " | ".join(one.english for one in wanted) + " | seeds |"]
    lines.append("|---|" + "---|" * (len(wanted) + 1))
    for code, values in found.items():
        cells = " | ".join(_written(values[one.code], one) for one in wanted)
        seeds = values["wait_median"].count
        lines.append(f"| {code}: {SCENARIOS[code].english} | {cells} | {seeds} |")
    return "\n".join(lines) + "\n"
