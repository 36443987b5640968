"""Components refuse what nobody drew, escape what people wrote, and say states in words."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


class NameForm(forms.Form):
    name = PlainTextField(label="Nom")

    def clean(self):
        raise forms.ValidationError("Ces réponses se contredisent.")


@pytest.mark.parametrize(
    "source",
    [
        '{% callout title="x" tone="pink" %}{% endcallout %}',
        '{% card title="x" tone="pink" %}{% endcard %}',
        '{% badge "x" tone="pink" %}',
        '{% verdict title="x" tone="info" %}{% endverdict %}',
        '{% submit "x" tone="pink" %}',
        '{% file_box title="x" state="lost" %}{% endfile_box %}',
        '{% steps title="x" current=6 total=5 %}',
        '{% progress label="x" value=6 total=5 %}',
        '{% callout title="x" colour="red" %}{% endcallout %}',
        '{% dossier_card title="x" %}{% enddossier_card %}',
    ],
)
def test_components_refuse_what_nobody_drew(source):
    with pytest.raises(TemplateSyntaxError):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% callout title=text %}{{ text }}{% endcallout %}",
        "{% card title=text href=text meta=text badge=text %}{{ text }}{% endcard %}",
        "{% badge text %}",
        "{% steps title=text current=1 total=2 next=text %}",
        "{% submit text label=text %}",
        "{% button_link text href=text %}",
        "{% file_box title=text state='problem' file_name=text understood=text %}{% endfile_box %}",
        "{% dossier_card title=text state=text todo=text cover=text %}{% enddossier_card %}",
        "{% nothing title=text %}{% endnothing %}",
        "{% disclosure summary=text %}{% enddisclosure %}",
        "{% verdict title=text tone='danger' %}{% endverdict %}",
        "{% panel title=text %}{% endpanel %}",
        "{% table caption=text %}{% endtable %}",
        "{% definition_list rows %}",
        "{% facts rows %}",
        "{% task_list tasks %}",
        "{% timeline lines %}",
        "{% breadcrumb crumbs %}",
    ],
)
def test_components_escape_what_people_wrote(source):
    text = '"><script>alert(1)</script>'
    html = render(
        source,
        text=text,
        rows=[{"label": text, "value": text, "change_url": text}],
        tasks=[{"title": text, "state": "todo", "href": text, "hint": text}],
        lines=[
            {
                "at": date(2026, 11, 2),
                "title": text,
                "who": text,
                "body": text,
                "href": text,
                "link": text,
            }
        ],
        crumbs=[(text, text)],
    )

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_lazy_texts_are_accepted():
    assert "Nom" in render("{% callout title=words %}{% endcallout %}", words=_("Nom"))


def test_dossier_card_answers_the_four_questions():
    html = render(
        '{% dossier_card title="Renouvellement" state="Nous vous attendons" tone="warning"'
        ' todo="Ajouter un bulletin" due="jeudi 12 novembre" cover="Attestation" %}'
        "{% enddossier_card %}"
    )

    for answer in (
        "Nous vous attendons",
        "Ajouter un bulletin",
        "jeudi 12 novembre",
        "Attestation",
    ):
        assert answer in html


def test_dossier_card_without_duty_says_that_there_is_nothing_to_do():
    html = render('{% dossier_card title="x" state="y" %}{% enddossier_card %}')

    assert "Rien pour l’instant." in html


def test_task_that_cannot_start_is_not_a_link():
    html = render(
        "{% task_list tasks %}", tasks=[{"title": "Déposer", "state": "blocked", "href": "/x"}]
    )

    assert "<a" not in html
    assert "Pas encore possible" in html


def test_error_summary_leads_to_the_field_and_is_said_once():
    form = NameForm({})

    summary = render("{% error_summary form %}", form=form)
    page = render("{{ form }}", form=form)

    assert 'href="#id_name"' in summary
    assert "Ces réponses se contredisent." in summary
    assert "Ces réponses se contredisent." not in page


def test_form_without_summary_says_its_own_errors():
    assert "Ces réponses se contredisent." in render("{{ form }}", form=NameForm({}))


def test_error_summary_of_a_good_form_is_nothing():
    assert render("{% error_summary form other %}", form=NameForm()) == ""


def test_pager_keeps_the_filters_of_the_address(rf):
    page = Paginator(range(50), 10).page(2)

    html = render(
        '{% pager page label="Pages" %}', page=page, request=rf.get("/", {"q": "awa", "page": 2})
    )

    assert "?q=awa&amp;page=3" in html
    assert html.count('aria-current="page"') == 1


def test_pager_of_one_page_is_nothing(rf):
    page = Paginator(range(5), 10).page(1)

    html = render('{% pager page label="Pages" %}', page=page, request=rf.get("/"))

    assert html.strip() == ""


def test_nav_link_to_a_page_that_does_not_exist_is_nothing(rf):
    assert render('{% nav_link "x" href="" %}', request=rf.get("/")) == ""


def test_nav_link_says_where_we_are(rf):
    html = render('{% nav_link "Dossiers" href="/mon-espace/" %}', request=rf.get("/mon-espace/"))

    assert 'aria-current="page"' in html


@pytest.mark.parametrize("base", ["base.html", "base_desk.html", "base_counter.html"])
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_bases_stand_alone_in_both_directions(base, language, direction, rf):
    with translation.override(language):
        html = Template(f'{{% extends "{base}" %}}').render(Context({"request": rf.get("/")}))

    assert f'<html lang="{language}" dir="{direction}">' in html
    assert html.count("<main ") == 1
    assert 'href="#contenu"' in html


def test_nav_link_to_a_page_for_others_is_nothing(rf):
    request = rf.get("/agent/")
    request.user = SimpleNamespace(is_authenticated=True, roles=frozenset({"applicant"}))

    assert render('{% nav_link "À traiter" href="/agent/" %}', request=request) == ""


def test_nav_link_of_a_page_that_is_for_some_is_not_kept_for_others(rf):
    request = rf.get("/agent/")
    for roles, shown in (({"reviewer"}, True), ({"applicant"}, False), ({"reviewer"}, True)):
        request.user = SimpleNamespace(is_authenticated=True, roles=frozenset(roles))
        assert ("href" in render('{% nav_link "x" href="/agent/" %}', request=request)) is shown


def test_nav_link_escapes_words_that_look_like_safe_ones(rf):
    for text, kept in ((mark_safe("A <b>B</b>"), True), ("A <b>B</b>", False)):
        html = render('{% nav_link text href="/" %}', text=text, request=rf.get("/"))
        assert ("<b>" in html) is kept


def test_what_is_the_same_for_all_is_drawn_once_in_each_language():
    for language in ("fr", "ar", "fr"):
        with translation.override(language):
            drawn = render('{% same_for_all "ui/footer.html" %}')
            assert drawn == render_to_string("ui/footer.html")


@pytest.mark.parametrize("piece", ["ui/footer.html", "ui/help.html"])
def test_what_is_drawn_for_all_asks_for_nothing_of_anybody(piece):
    source = get_template(piece).template.source

    assert not re.search(r"request|user|csrf|messages|dossier", source)


@pytest.mark.parametrize(("value", "total", "most"), [(3, 5, 5), (0, 0, 1)])
def test_a_progress_says_its_numbers_in_words(value, total, most):
    html = render(
        '{% progress label="Traités" value=value total=total %}', value=value, total=total
    )

    assert f"<strong>{value} / {total}</strong>" in html
    assert f'<progress max="{most}" value="{value}" aria-label="Traités">' in html
