"""The simulated market, short: nothing is used twice, nothing is sold where nothing can be."""

import datetime as dt
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from appointments import ordering
from appointments.market import facts, measures, report, runner, simulation
from appointments.market.office import receive
from appointments.market.ordered import Claim, Place, give, moment, places_of
from appointments.market.parameters import FIGURES, FITTED, READ, Parameters
from appointments.market.regimes import MAIN, SCENARIOS
from appointments.market.sellers import Group, close_week
from appointments.market.statistics import differences, interval, sign_test

SHORT = Parameters(
    days_before=70,
    days_measured=70,
    days_after=28,
    titles_per_year=1_400,
    slots_per_year=1_500,
    reviews_a_day=8,
    insider_pairs_a_week=0,
    groups=2,
    weekly_cost=20,
)
DAY = dt.date(2027, 1, 4)


def played(code, seed=1, base=SHORT):
    world = simulation.build(SCENARIOS[code], replace(base), seed)
    return world, simulation.run(world)


def measured(code, seed=1, base=SHORT):
    return measures.measure(*played(code, seed, base))


@pytest.mark.parametrize("code", ["R1", "R1b", "R4", "R5", "R6", "R6c", "R1-visits"])
def test_every_place_is_free_held_lost_or_given_once(code):
    world, _desk = played(code)
    office = world.office

    held = sum(group.held for group in world.groups)
    for pool in (0, 1):
        end = office.released[pool]
        used = office.free[pool] + held[pool] + world.lost_places[pool] + office.given[pool]
        assert (used[:end] == office.capacity[pool, :end]).all()
        assert not used[end:].any()
    assert min(office.free.min(), held.min()) >= 0


@pytest.mark.parametrize("code", ["R1", "R4", "R5", "R6", "R6c"])
def test_nobody_is_received_twice_or_before_they_come(code, monkeypatch):
    done = []

    def noting(office, people, today):
        expected, came, is_done = receive(office, people, today)
        done.extend(expected[is_done].tolist())
        return expected, came, is_done

    monkeypatch.setattr(simulation.office, "receive", noting)
    world, _desk = played(code)
    people = world.people

    served = people.served_on >= 0
    assert len(done) == len(set(done)) == served.sum() > 100
    assert (people.served_on[served] > people.arrived[served]).all()
    assert (people.visits[served] >= people.stages[served]).all()
    assert not (served & (people.visit_on >= 0)).any()


@pytest.mark.parametrize("code", ["R5", "R6", "R6b"])
def test_where_nothing_can_be_sold_nobody_profits(code):
    found = measured(code)

    assert (found["sales"], found["revenue"], found["profit"]) == (0, 0, 0)
    assert found["active"] == 0


def test_scarcity_feeds_sellers_and_abundance_starves_them():
    rich, poor = measured("R1"), measured("R1", base=replace(SHORT, titles_per_year=500))

    assert rich["profit"] > 0 >= poor["profit"]
    assert rich["capture"] > poor["capture"]
    assert rich["active"] > poor["active"]


def test_a_name_that_is_checked_stops_the_stock_and_not_the_sale():
    free, bound = measured("R1"), measured("R4")

    assert bound["hoarded"] < free["hoarded"]
    assert bound["sales"] > 0


def test_one_purpose_left_open_brings_the_market_back():
    assert measured("R6c")["sales"] > 0 == measured("R6")["sales"]


def test_issued_places_follow_the_published_order():
    world, desk = played("R6-neither", base=replace(SHORT, titles_per_year=1_600))

    assert (world.people.missed > 0).any()
    assert desk.inversions == 0


def claims(count):
    return [
        Claim(
            number=one + 1,
            pool=0,
            filed_at=moment(DAY, one),
            cleared_on=DAY,
            deadline_on=DAY + dt.timedelta(days=60 - one),
            vulnerable=False,
        )
        for one in range(count)
    ]


def test_the_adapter_gives_the_soonest_seats_to_who_ends_soonest():
    answer = give(claims(3), places_of(0, DAY, 2), today=DAY, seed="s")

    assert [(number, place.number) for number, place in answer.given] == [(3, 1), (2, 2)]
    assert answer.inversions == 0


def test_an_order_turned_round_is_seen(monkeypatch):
    true = ordering.give
    monkeypatch.setattr(ordering, "give", lambda ranked, seats: true(ranked, seats)[::-1])
    places = [Place(0, DAY, moment(DAY, 600 * one), 1) for one in range(3)]

    assert give(claims(3), places, today=DAY, seed="s").inversions == 2


def test_the_same_people_come_under_every_rule():
    arrivals = {played(one.code)[0].people.arrived.tobytes() for one in MAIN}
    luck = {played(one.code)[0].people.luck_show.tobytes() for one in MAIN}

    assert (len(arrivals), len(luck)) == (1, 1)
    assert played("R1", seed=2)[0].people.arrived.tobytes() not in arrivals


def test_a_seller_without_buyers_leaves_and_does_not_come_back():
    group = Group(np.zeros((2, 10), dtype=np.int64), 50.0, np.full(2, 5.0))
    active = []
    for _week in range(60):
        close_week(group, SHORT)
        active.append(group.active)

    assert sum(active) == SHORT.leave_after_weeks - 1
    assert all(before or not after for before, after in pairwise(active))


def test_every_figure_says_where_it_comes_from():
    assert set(FIGURES) == set(vars(Parameters()))
    assert FIGURES["slots_per_year"].mark == READ
    assert any(one.mark == FITTED for one in FIGURES.values())
    assert all(one.source for one in FIGURES.values())


def test_every_scenario_changes_figures_that_exist():
    for one in SCENARIOS.values():
        one.parameters(Parameters())
    assert [one.code for one in MAIN] == ["R1", "R2", "R3", "R4", "R5", "R6"]


def test_intervals_and_signs():
    found = interval([1.0, 2.0, 3.0, float("nan")])

    assert (found.mean, found.count) == (2.0, 3)
    assert found.half == pytest.approx(4.303 / 3**0.5)
    assert interval([]).count == 0
    assert sign_test(3, 3) == 0.125
    assert sign_test(0, 5) == 1.0


def rows(**changed):
    """Two seeds of every scenario, every measure at one, some changed."""
    base = dict.fromkeys((one.code for one in measures.MEASURES), 1.0)
    return [
        runner.Row(code, seed, base | changed.get(code.replace("-", "_"), {}))
        for code in SCENARIOS
        for seed in (1, 2)
    ]


def verdict(code, found):
    return next(one.verdict for one in facts.judge(found) if one.code == code)


def test_a_fact_that_is_not_reproduced_is_said_so():
    spain = {"capture": 0.8, "price": 60.0, "member_month": 9_000.0}

    assert verdict("V5", rows(R1=spain)) == facts.REPRODUCED
    assert verdict("V5", rows(R1=spain | {"capture": 0.6})) == facts.NOT_REPRODUCED
    assert verdict("V7", rows(R1_hoard={"empty_hoard": 0.5})) == facts.REPRODUCED
    assert verdict("V7", rows(R1_hoard={"empty_hoard": 0.3})) == facts.NOT_REPRODUCED
    assert verdict("V3", rows(R1={"volunteer": 0.04})) == facts.FITTED
    assert verdict("V5", [one for one in rows() if one.scenario != "R1"]) == facts.NOT_RUN
    assert [one.code for one in facts.judge(rows())] == [f"V{one}" for one in range(1, 11)]


def test_differences_are_paired_by_seed():
    found = rows(R1={"profit": 5.0})

    assert differences(found, "R6", "R1", "profit").mean == -4.0
    assert differences(found, "R6", "R1", "profit").half == 0.0


def test_the_table_can_be_read_again():
    found = runner.run(["R5"], 1, SHORT, processes=1)

    again = runner.read_csv(runner.write_csv(found))
    assert runner.write_csv(again) == runner.write_csv(found)
    assert np.isnan(again[0].values["price"])


class Page(HTMLParser):
    """What a page loads from elsewhere, and its scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loaded, self.links = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        said = dict(attrs)
        self.links += [said["href"]] if "href" in said else []
        self.loaded += [said["src"]] if "src" in said else []


def test_the_pages_stand_alone_in_both_languages():
    files = report.write(rows())

    for language, other in (("fr", "en"), ("en", "fr")):
        page = Page(files[f"report.{language}.html"])
        assert not page.tags & {"script", "link", "img", "iframe"}
        assert (page.loaded, page.links) == ([], [f"report.{other}.html"])
        assert {"svg", "table"} <= page.tags
    assert "rien à vendre" in files["report.fr.html"]
    assert "mostly because review removes failed visits" in files["report.en.html"]


def test_the_command_writes_the_same_bytes_twice(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "appointments.management.commands.simulate_market.of_herault", lambda: SHORT
    )
    for name in ("one", "two"):
        call_command("simulate_market", seeds=2, regimes="R1,R6", out=tmp_path / name, processes=1)
    again = tmp_path / "again"
    call_command("simulate_market", "--from", str(tmp_path / "one/seeds.csv"), out=again)

    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    tables = {"seeds.csv", "summary.csv", "summary.md", "facts.csv"}
    assert set(files) == {*tables, "report.fr.html", "report.en.html"}
    for name in ("two", "again"):
        assert {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} == files
    said = capsys.readouterr()
    assert "V10" in said.out
    assert "█" not in said.out + said.err


def test_two_processes_give_what_one_gives():
    short = replace(SHORT, days_before=14, days_measured=28, days_after=14)

    one = runner.run(["R5", "R6"], 2, short, processes=1)
    assert runner.write_csv(runner.run(["R5", "R6"], 2, short, processes=2)) == runner.write_csv(
        one
    )


def test_an_unknown_regime_is_refused(tmp_path):
    with pytest.raises(CommandError, match="R9"):
        call_command("simulate_market", regimes="R1,R9", out=tmp_path)
