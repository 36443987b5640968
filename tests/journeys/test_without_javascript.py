"""A browser without scripts: the whole filing works, uploads included."""

from tests.journeys.applicant import Applicant


def test_a_dossier_is_filed_without_scripts(browser, album, email, portal_day):
    page = album.open_page(browser, java_script_enabled=False)
    amina = Applicant(page, None, email, portal_day)

    amina.reads_the_guidance_page()
    amina.makes_an_account()
    amina.begins()
    amina.fills_the_dossier()
    amina.gives_the_documents()
    amina.files()
    receipt = amina.fetches_a_letter()
    page.context.close()

    assert len(amina.number) == 19
    assert receipt.startswith(b"%PDF")
    assert album.faults == {}
