"""French spaces: signs stay with their word, and nothing else of a page changes."""

import pytest

from portal.core.typography import NO_BREAK, in_page


def shown(html):
    return in_page(html).replace(NO_BREAK, "~")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Étape : suivie ?</p>", "<p>Étape~: suivie~?</p>"),
        ("<p>Titre « étudiant » !</p>", "<p>Titre «~étudiant~»~!</p>"),
        ("<b>Nom</b> : Exemple ; suite", "<b>Nom</b>~: Exemple~; suite"),
        ("<p>avis n° 499904</p>", "<p>avis n°~499904</p>"),
    ],
)
def test_signs_stay_with_their_word(html, expected):
    assert shown(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<input value="mot : écrit ?">',
        "<textarea name=note>mot : écrit\n ? </textarea>",
        "<script>a ? b : c</script>",
        "<style>a :hover{}</style>",
        "<pre>a : b</pre>",
        "",
    ],
)
def test_what_is_not_our_sentence_stays(html):
    assert in_page(html) == html


@pytest.mark.django_db
def test_a_page_is_sent_whole(client):
    answer = client.get("/compte/connexion/", headers={"accept-language": "fr"})

    words = answer.content.decode()
    assert f"compte{NO_BREAK}?" in words
    assert int(answer["Content-Length"]) == len(answer.content)


@pytest.mark.django_db
def test_another_language_is_left_alone(client):
    answer = client.get("/compte/connexion/", headers={"accept-language": "en"})

    assert NO_BREAK not in answer.content.decode()
