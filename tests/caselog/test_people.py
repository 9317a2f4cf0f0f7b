"""The people of a clinic: who may see and change them, and how somebody new gets in."""

import pytest
from django.urls import reverse

from caselog.models import Membership, User

PEOPLE = "/clinic/people/"
NEW = {"email": "new@clinic.example", "name": "New Person", "role": "surgeon"}


def link_in(response):
    return response.context["link"].removeprefix("http://testserver")


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_manage_people(client, member, administrator, role):
    client.force_login(member(role))
    membership = administrator.memberships.get()
    assert client.get(PEOPLE).status_code == 403
    assert client.post(PEOPLE, NEW).status_code == 403
    assert client.post(reverse("password_link", args=[membership.pk])).status_code == 403
    assert client.post(reverse("membership_end", args=[membership.pk])).status_code == 403
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_people_are_listed_with_their_roles(as_administrator, surgeon, member, other_clinic):
    stranger = member("surgeon", clinic=other_clinic, name="Stranger")
    page = as_administrator.get(PEOPLE).content.decode()
    assert surgeon.email in page
    assert stranger.email not in page


def test_somebody_new_is_added_and_sets_a_password_by_the_link(as_administrator, client, clinic):
    added = as_administrator.post(PEOPLE, NEW)
    assert "New Person</bdi> was added: Surgeon" in added.content.decode()
    link = link_in(added)
    client.logout()
    form = client.get(link, follow=True)
    assert form.status_code == 200
    password = {"password1": "wide river stone", "password2": "wide river stone"}
    assert client.post(form.request["PATH_INFO"], password, follow=True).status_code == 200
    client.post("/account/login/", {"login": NEW["email"], "password": "wide river stone"})
    assert client.get("/").context["clinic"] == clinic
    client.logout()
    assert "does not work any more" in client.get(link, follow=True).content.decode()


def test_nobody_is_added_to_a_clinic_chosen_since(as_administrator, administrator, clinic, other_clinic):
    Membership.objects.create(clinic=other_clinic, user=administrator, role="administrator")
    assert f'name="clinic" value="{clinic.pk}"' in as_administrator.get(PEOPLE).content.decode()
    as_administrator.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    refused = as_administrator.post(PEOPLE, NEW | {"clinic": clinic.pk})
    assert refused.status_code == 422
    assert "This form was opened in another clinic" in refused.content.decode()
    assert NEW["email"] in refused.content.decode()
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_the_link_is_shown_once(as_administrator):
    link = link_in(as_administrator.post(PEOPLE, NEW))
    assert link not in as_administrator.get(PEOPLE).content.decode()


def test_a_lost_link_is_replaced(as_administrator):
    as_administrator.post(PEOPLE, NEW)
    membership = Membership.objects.get(user__email=NEW["email"])
    renewed = as_administrator.post(reverse("password_link", args=[membership.pk]))
    assert "/account/password/reset/key/" in link_in(renewed)


def test_the_address_of_a_new_link_leads_back_to_the_list(as_administrator, surgeon):
    response = as_administrator.get(reverse("password_link", args=[surgeon.memberships.get().pk]))
    assert response["Location"] == PEOPLE


def test_no_link_opens_an_account_that_is_in_use(as_administrator, surgeon):
    membership = surgeon.memberships.get()
    assert link_in(as_administrator.post(reverse("password_link", args=[membership.pk]))) == ""
    added = as_administrator.post(PEOPLE, NEW | {"email": surgeon.email, "role": "reader"})
    assert link_in(added) == ""
    assert "has an account already" in added.content.decode()


@pytest.mark.promise("ACC-1")
def test_an_account_that_waits_for_its_first_password_joins_no_second_clinic(
    client, administrator, member, other_clinic
):
    client.force_login(member("administrator", clinic=other_clinic))
    client.post(PEOPLE, NEW)
    client.force_login(administrator)
    refused = client.post(PEOPLE, NEW)
    assert "has not signed in yet" in refused.content.decode()
    assert Membership.objects.filter(user__email=NEW["email"]).count() == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"email": "nobody"}, "“nobody” is not an e-mail address."),
        ({"email": ""}, "Enter the person&#x27;s e-mail address."),
        ({"name": ""}, "Enter the person&#x27;s name."),
        ({"role": ""}, "Choose a role."),
        ({"role": "king"}, "king is not one of the available choices."),
    ],
)
def test_a_mistake_is_named_and_the_rest_stays_typed(as_administrator, wrong, message):
    response = as_administrator.post(PEOPLE, NEW | wrong)
    page = response.content.decode()
    assert "Check what you entered" in page
    assert message in page
    for name in {"email", "name"} - wrong.keys():
        assert f'value="{NEW[name]}"' in page
    assert "<title>Error: People" in page


def test_a_role_is_given_once(as_administrator, surgeon):
    again = as_administrator.post(PEOPLE, NEW | {"email": surgeon.email})
    assert "This person already has this role here." in again.content.decode()


def test_a_role_is_ended(as_administrator, surgeon):
    membership = surgeon.memberships.get()
    page = as_administrator.post(reverse("membership_end", args=[membership.pk]), follow=True)
    assert "Sami Surgeon is no longer Surgeon here." in page.content.decode()
    membership.refresh_from_db()
    assert membership.ended_at


def test_the_last_administrator_stays(as_administrator, administrator):
    membership = administrator.memberships.get()
    page = as_administrator.post(reverse("membership_end", args=[membership.pk]), follow=True)
    assert "A clinic keeps at least one administrator." in page.content.decode()
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_whoever_ends_their_own_role_lands_on_a_page_they_may_open(as_administrator, administrator, member):
    member("administrator")
    own = administrator.memberships.get()
    Membership.objects.create(clinic=own.clinic, user=administrator, role="reader")
    page = as_administrator.post(reverse("membership_end", args=[own.pk]), follow=True)
    assert page.status_code == 200


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("action", ["membership_end", "password_link"])
def test_memberships_of_other_clinics_are_out_of_reach(as_administrator, member, other_clinic, action):
    stranger = member("surgeon", clinic=other_clinic)
    membership = stranger.memberships.get()
    assert as_administrator.post(reverse(action, args=[membership.pk])).status_code == 404
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_the_list_costs_the_same_for_many_people(as_administrator, member, django_assert_max_num_queries):
    for _ in range(12):
        member("surgeon")
    with django_assert_max_num_queries(7):
        as_administrator.get(PEOPLE)
