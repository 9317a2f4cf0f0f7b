"""A kept run made again: the same answer from the same data, and which figures differ from other data."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit import again, services, storage, words
from audit.again_words import beside, then_and_now
from audit.models import AuditRun
from audit.results import Filters
from tests.audit.saving import save
from tests.audit.year import NOW, YEAR

pytestmark = pytest.mark.slow  # keeps whole audits

LATER = datetime(2031, 2, 1, 12, tzinfo=UTC)
CAUSE = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}


@pytest.fixture
def waiting(make_case):
    """An obstructive man whose result is still to come."""
    return make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa")


@pytest.fixture
def kept(waiting, make_case, make_report, keep):
    make_report(make_case())
    make_report(make_case(**CAUSE), right_sperm_found="none", disposition="discarded")
    make_report(make_case(procedure="conventional_tese"))
    return keep()


def made_again(kept, user):
    return services.again(user=user, kept=AuditRun.objects.get(pk=kept.pk), now=LATER)


@pytest.fixture
def page_of(client, reader):
    def fetch(run):
        client.force_login(reader)
        response = client.get(reverse("audit_run_again", args=[run.pk]))
        assert response.status_code == 200
        return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())

    return fetch


def test_the_same_data_gives_the_same_figures(kept, reader, page_of):
    found = made_again(kept, reader)
    assert (found.same_data, found.same_figures, found.differing, found.beside) == (True, True, (), ())
    assert replace(found.now, made_at=NOW, made_by=found.then.made_by) == storage.from_json(kept.result)
    page = page_of(kept)
    assert "The same figures. The data is the same." in page


def test_under_filters_too(kept, clinic, administrator, surgeon):
    filters = replace(YEAR, surgeon=surgeon.pk, procedure="micro_tese", attempt="first")
    run = services.keep_run(by=administrator, clinic=clinic, filters=filters, title="Hers", now=NOW)
    assert made_again(run, surgeon).same_figures
    assert made_again(run, administrator).same_figures


@pytest.mark.parametrize("period", [{}, {"until": date(2025, 12, 31)}, {"until": date(2025, 5, 31)}], ids=str)
def test_whether_or_not_its_last_quarter_was_over(
    waiting, make_case, make_report, clinic, administrator, period
):
    make_report(make_case())
    in_june = datetime(2025, 6, 15, 12, tzinfo=UTC)
    run = services.keep_run(
        by=administrator, clinic=clinic, filters=Filters(**period), title="So far", now=in_june
    )
    found = made_again(run, administrator)
    assert (found.same_data, found.same_figures) == (True, True)
    assert found.now.made_at == LATER


def test_a_late_result_changes_exactly_its_measure(kept, waiting, make_report, reader, page_of):
    make_report(waiting)
    found = made_again(kept, reader)
    assert [one.measure for one in found.differing] == ["obstructive"]
    assert (found.differing[0].then.known, found.differing[0].now.known) == (0, 1)
    assert (found.same_data, found.same_figures) == (False, False)
    page = page_of(kept)
    assert "1 measure has other figures. The data has changed." in page
    then, _today, now = page.partition("Obstructive azoospermia")[2].partition("1 of 1 man")
    assert "no final result" in then
    assert now
    assert "micro-TESE in Klinefelter" not in page


def test_a_late_result_of_a_group_moves_no_tissue(make_case, make_report, keep, reader):
    for _man in range(2):
        make_case(sides="right", left_weighing=None)
        make_report(make_case(sides="right", left_weighing=None, right_tissue_weight_mg=90))
        make_report(make_case(sides="right", left_weighing=None, procedure="conventional_tese"))
    waiting = make_case(sides="right", left_weighing=None)
    run = keep()
    assert storage.from_json(run.result).tissue.ratio
    make_report(waiting)
    measures = {one.measure for one in made_again(run, reader).differing}
    assert measures == {"micro_noa", "micro_minus_conventional"}


def test_the_kept_run_stays_as_it_was(kept, waiting, make_report, reader):
    before = AuditRun.objects.filter(pk=kept.pk).values().get()
    make_report(waiting)
    made_again(kept, reader)
    assert AuditRun.objects.filter(pk=kept.pk).values().get() == before


def test_a_result_that_moves_two_arms_is_said_of_each(kept, make_case, make_report, reader):
    make_report(make_case())
    measures = {one.measure for one in made_again(kept, reader).differing}
    assert measures == {"micro_noa", "micro_minus_conventional", "tissue_ratio"}


def test_other_data_may_give_the_same_figures(kept, waiting, reader, page_of):
    save(waiting, anaesthesia="spinal")
    found = made_again(kept, reader)
    assert (found.same_data, found.same_figures) == (False, True)
    assert "The same figures. The data has changed." in page_of(kept)


def test_it_is_compared_with_the_references_of_then(kept, reader):
    result = storage.from_json(kept.result)
    older = tuple(
        replace(one, reference=replace(one.reference, tolerance=0.2)) if one.reference else one
        for one in result.comparisons
    )
    (used,) = result.references
    then = replace(result, references=(replace(used, version="1999-01-01"),), comparisons=older)
    kept.result = storage.to_json(then)
    found = services.again(user=reader, kept=kept, now=LATER)
    assert found.now.reference_version == "1999-01-01"
    assert found.now.comparisons[2].reference == older[2].reference


def test_the_same_words_of_other_cases_are_told_apart(kept):
    then = storage.from_json(kept.result)
    micro = then.comparisons[2]
    swapped = replace(micro, cases=micro.cases | {"found": ("2020-1",)})
    now = replace(then, comparisons=(*then.comparisons[:2], swapped, *then.comparisons[3:]))
    (one,) = again.compared(then, now).differing
    was, is_now = then_and_now(one)
    assert is_now == [*was, "The same in words, of other cases."]


def test_a_measure_without_a_verdict_is_told_by_its_name(kept):
    then = storage.from_json(kept.result)
    first = then.quantities[0]
    line = replace(first, known=first.known + 1)
    now = replace(then, quantities=(line, *then.quantities[1:]))
    found = again.compared(then, now)
    assert (found.differing, found.beside, found.same_figures) == ((), (first.measure,), False)
    assert beside(found.beside) == words.measure_name(first.measure)


def test_another_p_is_told_by_its_rate(kept, make_case, make_report, keep, reader):
    make_report(
        make_case(primary_aetiology="chemotherapy"), right_sperm_found="none", disposition="discarded"
    )
    then = storage.from_json(keep().result)
    (first, *others) = then.tested
    assert first.measure == "micro_noa"
    other = replace(first, tested=replace(first.tested, p=first.tested.p / 2))
    found = again.compared(then, replace(then, tested=(other, *others)))
    assert (found.differing, found.beside, found.same_figures) == ((), ("tested:micro_noa",), False)
    assert beside(found.beside) == "whether the groups differ in “micro-TESE”"


def test_a_run_kept_before_there_were_tests_lacks_none(kept, reader):
    then = storage.from_json(kept.result)
    assert then.tested
    methods = tuple(one for one in then.methods if one != "several-groups")
    kept.result = storage.to_json(replace(then, tested=(), methods=methods))
    found = services.again(user=reader, kept=kept, now=LATER)
    assert found.same_figures
    assert found.now.tested == ()


def test_a_run_kept_before_there_were_measures_without_a_verdict_lacks_none(kept):
    now = storage.from_json(kept.result)
    then = replace(now, shares=(), quantities=(), changes=(), strata=(), versions={}, limits=None)
    assert again.compared(then, now).same_figures


def test_the_last_digits_do_not_count_and_others_do(kept):
    then = storage.from_json(kept.result)

    def with_chance(expected):
        return again.compared(then, replace(then, expected_false_below=expected)).beside

    assert with_chance(then.expected_false_below + 1e-13) == ()
    assert with_chance(then.expected_false_below + 1e-6) == ("expected_false_below",)


def test_a_measure_that_is_no_longer_made_is_said_to_be(kept):
    then = storage.from_json(kept.result)
    (gone,) = again.compared(then, replace(then, comparisons=then.comparisons[1:])).differing
    assert (gone.measure, gone.now) == ("obstructive", None)


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader", "administrator"])
def test_whoever_sees_the_audits_of_a_clinic_may_make_one_again(kept, member, other_clinic, role):
    made_again(kept, member(role))
    with pytest.raises(PermissionDenied):
        made_again(kept, member(role, clinic=other_clinic))


def test_the_api_says_the_same(kept, waiting, make_report, api, reader, member, other_clinic):
    path = f"/api/v1/audit-runs/{kept.pk}/again/"
    same = api(reader).get(path).json()
    assert (same["same_data"], same["same_figures"], same["differing"]) == (True, True, [])
    assert same["fingerprint"] == kept.fingerprint
    make_report(waiting)
    other = api(reader).get(path).json()
    (one,) = other["differing"]
    assert (one["measure"], one["name"]) == ("obstructive", "Obstructive azoospermia")
    assert any("1 of 1 man" in sentence for sentence in one["now"])
    assert other["same_figures"] is False
    assert api(member("reader", clinic=other_clinic)).get(path).status_code == 404


@pytest.mark.parametrize("n", [1, 5])
def test_it_takes_as_many_queries_whatever_the_number_of_cases(
    kept, make_case, n, client, reader, django_assert_max_num_queries
):
    for _man in range(n):
        make_case()
    client.force_login(reader)
    with django_assert_max_num_queries(12):
        client.get(reverse("audit_run_again", args=[kept.pk]))


def test_a_measure_declared_after_an_audit_was_kept_has_no_page_in_it(kept, client, reader):
    figures = [one for one in kept.result["comparisons"] if one["measure"] != "genetic"]
    kept.pk, kept.result = None, kept.result | {"comparisons": figures}
    kept.save()
    client.force_login(reader)
    assert client.get(reverse("audit_run_measure", args=[kept.pk, "genetic"])).status_code == 404
    behind = client.get(reverse("audit_run_cases", args=[kept.pk]), {"measure": "genetic", "part": "found"})
    assert behind.status_code == 200
