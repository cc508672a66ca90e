"""The components: what they write, in which state, and that nothing in them is trusted."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from upline.commissions.queries import Gap, PathNode, RankNow
from upline.money import Money
from upline.web.design import samples
from upline.web.shared.charts import Chart, Series, SeriesTooShort, money_series
from upline.web.shared.templatetags.names import hue, initials
from upline.web.shared.templatetags.tables import page_places, sort_state

HOSTILE = "<script>alert('x')</script>\"><b>"


def rendered(source: str, *, address: str = "/my/", language: str = "en", **context) -> str:
    template = engines["django"].from_string(CottonCompiler().process(source))
    with translation.override(language):
        return template.render(context, RequestFactory().get(address))


def test_a_button_without_an_address_is_a_button_and_with_one_a_link():
    assert rendered('<c-button kind="primary">Save</c-button>').startswith('<button type="button"')
    assert rendered('<c-button href="/x/">Open</c-button>').startswith('<a href="/x/"')


def test_a_busy_button_cannot_be_pressed_twice():
    written = rendered("<c-button busy>Saving</c-button>")

    assert 'aria-busy="true"' in written
    assert " disabled" in written


def test_a_button_that_is_not_allowed_leads_nowhere():
    written = rendered('<c-button href="/x/" disabled>Open</c-button>')

    assert "href=" not in written.replace("icons.svg", "")
    assert " disabled" in written


def test_a_component_does_not_take_words_from_around_it():
    written = rendered(
        '<c-filters label="Orders" reset="/x/"><c-button>Go</c-button></c-filters>', label="Leaked"
    )

    assert "Leaked" not in written
    assert "button-square" not in written


@pytest.mark.parametrize(
    "source",
    [
        "<c-button>{{ words }}</c-button>",
        '<c-card title="{{ words }}">{{ words }}</c-card>',
        '<c-stat label="{{ words }}" value="{{ words }}" hint="{{ words }}" />',
        '<c-input name="a" label="{{ words }}" value="{{ words }}" error="{{ words }}" />',
        '<c-search value="{{ words }}" placeholder="{{ words }}" />',
        '<c-select name="a" label="{{ words }}" :options="options" value="{{ words }}" />',
        '<c-empty title="{{ words }}">{{ words }}</c-empty>',
        '<c-avatar name="{{ words }}" />',
        '<c-table label="{{ words }}"><tr><c-table.cell label="{{ words }}">{{ words }}</c-table.cell></tr></c-table>',
        '<c-path :nodes="path" label="{{ words }}" />',
        '<c-gap :gap="gap" />',
        '<c-chart id="c" label="{{ words }}" :data="chart" />',
    ],
)
def test_what_people_typed_never_becomes_markup(source):
    written = rendered(
        source,
        words=HOSTILE,
        options=[(HOSTILE, HOSTILE)],
        path=[PathNode(member=HOSTILE, name=HOSTILE, why=HOSTILE, took=HOSTILE)],
        gap=Gap(text=HOSTILE, have=HOSTILE, need=HOSTILE, missing=HOSTILE, is_met=False, percent=3),
        chart=Chart(
            kind="bars",
            over=HOSTILE,
            labels=[HOSTILE],
            series=[Series(name=HOSTILE, values=["1"], texts=[HOSTILE])],
            language="en",
        ),
    )

    assert "<script>alert" not in written
    assert "<b>" not in written


def test_money_is_written_in_the_language_of_the_page_with_its_sign():
    source = '<c-money :amount="amount" signed="yes" />'

    written = rendered(source, language="ru", amount=Money(-123450, "EUR"))

    assert re.sub(r"<[^>]*>", "", written).strip() == "−1\u00a0234,50\u00a0€"
    assert "is-negative" in written
    assert re.sub(r"<[^>]*>", "", rendered(source, amount=Money(500, "EUR"))).strip() == "+€5.00"


def test_a_state_is_said_in_words_and_an_unknown_one_is_a_bug():
    assert "Sealed" in rendered('<c-status of="period" state="sealed" />')
    with pytest.raises(KeyError):
        rendered('<c-status of="period" state="melted" />')


def test_a_sorted_column_says_so_and_leads_to_the_other_way_round_from_the_first_page():
    written = rendered(
        '<c-table.head sort="amount" current="amount_down">Amount</c-table.head>',
        address="/my/?page=7&search=anna",
    )

    assert 'aria-sort="descending"' in written
    assert 'href="?search=anna&amp;order=amount_up"' in written


def test_a_column_begins_with_the_large_ones():
    assert sort_state("amount", "name_up").next == "amount_down"
    assert sort_state("amount", "amount_up").aria == "ascending"


@pytest.mark.parametrize(
    ("number", "places"),
    [
        (1, [1, 2, None, 20]),
        (3, [1, 2, 3, 4, None, 20]),
        (4, [1, 2, 3, 4, 5, None, 20]),
        (10, [1, None, 9, 10, 11, None, 20]),
        (18, [1, None, 17, 18, 19, 20]),
    ],
)
def test_pages_near_the_present_one_are_offered(number, places):
    page = Paginator(range(200), 10).page(number)

    assert page_places(page) == places


def test_pagination_keeps_what_was_chosen_and_vanishes_where_there_is_one_page():
    many, one = Paginator(range(30), 10).page(2), Paginator(range(3), 10).page(1)

    written = rendered('<c-pagination :page="page" />', address="/my/?level=3&page=2", page=many)

    assert 'href="?level=3&amp;page=3"' in written
    assert 'aria-current="page"' in written
    assert rendered('<c-pagination :page="page" />', page=one).strip() == ""


class Enrolment(forms.Form):
    email = forms.EmailField(help_text="We write there.")
    way = forms.ChoiceField(choices=[("a", "Post"), ("b", "Mail")], widget=forms.RadioSelect)
    agrees = forms.BooleanField()


def test_a_field_is_tied_to_its_label_its_help_and_its_errors():
    form = Enrolment({"email": "no address", "way": "a"})

    written = rendered('<c-field :field="form.email" />', form=form)

    assert '<label class="field-label" for="id_email">' in written
    assert 'aria-invalid="true"' in written
    assert 'aria-describedby="id_email-error id_email-help"' in written
    assert 'id="id_email-error"' in written
    assert 'id="id_email-help"' in written


def test_choices_stand_in_their_own_labels_with_the_chosen_one_marked():
    written = rendered('<c-field :field="form.way" />', form=Enrolment({"way": "b"}))

    assert written.count('class="field-check"') == 2
    assert re.search(r'value="b"[^>]*checked', written)
    assert "<legend" in written


def test_a_form_shows_its_fields_and_one_act():
    written = rendered('<c-form :form="form" submit="Save" />', form=Enrolment())

    assert written.count('class="button button-primary') == 1
    assert 'name="csrfmiddlewaretoken"' in written


def test_a_progress_without_a_value_says_only_that_work_goes_on():
    assert "value=" not in rendered('<c-progress label="Waiting" />')
    assert 'value="38" max="100"' in rendered('<c-progress label="Computing" :value="38" />')


def test_a_gap_says_what_is_there_what_is_needed_and_what_is_missing():
    gap = Gap(text="Own volume", have="40", need="100", missing="60", is_met=False, percent=40)

    written = re.sub(
        r"\s+", " ", re.sub(r"<[^>]*>", " ", rendered('<c-gap :gap="gap" />', gap=gap))
    )

    assert "Own volume 40 of 100 missing: 60" in written


def test_the_ladder_shows_nested_conditions_and_the_top_has_none():
    written = rendered('<c-ladder :rank="rank" />', rank=samples.sample_rank())
    top = RankNow(
        ladder="", name="d", title="Diamond", next_title="", is_kept=True, is_given=False,
        conditions=(), percent=100,
    )  # fmt: skip

    conditions, ways = written.split('class="ways ')
    assert conditions.count("<li ") == 5
    assert 'value="62"' in conditions
    shortest, others = ways.split("<details")
    assert shortest.count("<li ") == 2
    assert "Legs with a Silver in them" in shortest
    assert "missing: 3,800 PV" in shortest
    assert "Active members of the first level" in others
    assert "highest rank" in rendered('<c-ladder :rank="rank" />', rank=top)


def test_the_way_of_a_sum_has_the_receiver_on_top_and_says_why_somebody_was_passed_over():
    written = rendered('<c-path label="Way" :nodes="path" />', path=samples.sample_path())

    names = re.findall(r'class="path-name">([^<]+)<', written)
    assert names == [samples.NAMES[0], samples.NAMES[4], samples.NAMES[1], samples.NAMES[2]]
    assert "Passed over" in written
    assert "below the 100 PV" in written
    assert "4 members between are not shown" in written


def test_a_chart_has_its_figures_as_a_table_and_as_texts_of_money():
    chart = Chart(
        kind="bars",
        over="Month",
        labels=["Oct", "Nov"],
        series=[money_series("Pay", [Money(12345, "EUR"), None], "bg")],
        language="bg",
        currency="EUR",
    )

    written = rendered('<c-chart id="pay" label="Pay" :data="chart" />', chart=chart)

    assert '"values": ["123.45", null]' in written
    assert '<script id="pay-data" type="application/json">' in written
    assert '<td class="is-number">123,45\u00a0€</td>' in written
    assert '<td class="is-number">–</td>' in written


def test_a_chart_with_a_figure_too_few_is_refused():
    with pytest.raises(SeriesTooShort):
        Chart(
            kind="line",
            over="Month",
            labels=["Oct", "Nov"],
            series=[Series(name="Pay", values=["1"], texts=["1"])],
            language="en",
        )


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Әлия Нұрланқызы", "ӘН"),
        ("Zoë", "Z"),
        ("Jan van der Berg", "JB"),
        ("борислав (Боби) петков", "БП"),
        ("  ", "?"),
        ("", "?"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name, letters):
    assert initials(name) == letters


def test_a_name_has_the_same_colour_on_every_machine():
    assert [hue(name) for name in samples.NAMES] == [hue(name) for name in samples.NAMES]
    assert hue("Zoë") == 3


def test_a_timeline_writes_moments_for_machines_as_well():
    written = rendered(
        '<c-timeline label="x"><c-timeline.item title="Frozen" :at="at" /></c-timeline>',
        at=samples.context("en")["moment"],
    )

    assert (
        '<time datetime="2026-11-04T14:05:00+00:00">4\u00a0Nov\u00a02026, 14:05</time>' in written
    )


@pytest.mark.parametrize("language", ["en", "ru", "bg", "kk", "pl"])
def test_the_living_page_shows_every_component_in_each_language(client, language):
    from upline.web.shared import states

    answer = client.get("/design/", headers={"accept-language": language})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in page
    assert page.count('class="tag tag-') >= sum(len(each) for each in states.STATES.values())
    assert "style=" not in page


def test_the_living_page_shows_each_component_that_there_is():
    from pathlib import Path

    from upline.web import shared

    folder = Path(shared.__file__).parent / "templates/cotton"
    names = {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".index")
        for path in folder.rglob("*.html")
    }
    pages = [*folder.rglob("*.html"), *Path(shared.__file__).parent.glob("templates/shared/*.html")]
    pages += Path(samples.__file__).parent.glob("templates/design/*.html")
    text = "".join(path.read_text() for path in pages)

    used = {name.replace("-", "_") for name in re.findall(r"<c-([a-z_.-]+)", text)}
    assert sorted(names - used) == []


def test_in_production_the_living_page_is_for_staff_alone(client, settings):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, stage="production")

    assert client.get("/design/").status_code == 403
