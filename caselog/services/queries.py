"""Questions about a case: asked, answered by whoever owns the answer, closed by the asker."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog import questions
from caselog.choices import Role
from caselog.history import recorded
from caselog.models import Case, Membership, Query, QueryMessage
from caselog.permissions import PERMISSIONS, Permission, permissions_of, require
from caselog.services.errors import Refused

# Who owns an answer is told from what the person may do.
OWNERS = {
    Role.SURGEON: Permission.LOG_CASES,
    Role.EMBRYOLOGIST: Permission.REPORT_LABORATORY,
    Role.ADMINISTRATOR: Permission.MANAGE_CLINIC,
}
_ASKERS = [role for role in Role if Permission.ASK_QUERIES in PERMISSIONS[role]]
# And still asks: whoever is here in another role could not close it either.
_ASKER_IS_HERE = Exists(
    Membership.objects.current().filter(
        clinic=OuterRef("clinic"), user=OuterRef("asked_by"), role__in=_ASKERS
    )
)


@recorded
def ask(*, by, case: Case, field: str, text: str) -> Query:
    """Ask about one answer, or with a blank field about the case as a whole.

    Every owner of the answer is asked, and the one who usually gives it is kept; of the whole case, the
    surgeon.
    Raises PermissionDenied or ValidationError; nothing is saved then.
    """
    require(by, Permission.ASK_QUERIES, case.clinic)
    known = questions.entries()
    if field and field not in known:
        raise ValidationError({"field": _("There is no such answer in a case. Choose one of the list.")})
    owner = known[field].owners[0] if field else Role.SURGEON
    said = _spoken(text)
    query = Query.objects.create(clinic=case.clinic, case=case, field=field, owner=owner, asked_by=by)
    _say(query, said, by)
    return query


@recorded
def answer(*, by, query: Query, text: str) -> QueryMessage:
    """Add a turn to the conversation: an owner of the answer, or whoever asked.

    Raises PermissionDenied, Refused for a closed question, or ValidationError.
    """
    if not may_answer(by, query, permissions_of(by, query.clinic)):
        raise PermissionDenied(_("Only those who were asked answer, or whoever asked."))
    return _say(_open(query), _spoken(text), by)


@recorded
def close(*, by, query: Query) -> Query:
    """End the conversation. Raises PermissionDenied, or Refused where it has ended."""
    asker_left = Query.objects.filter(~_ASKER_IS_HERE, pk=query.pk).exists()
    if not may_close(by, query, permissions_of(by, query.clinic), asker_left=asker_left):
        raise PermissionDenied(_("A question is closed by whoever asked it."))
    query = _open(query)
    query.closed_by, query.closed_at = by, timezone.now()
    query.save(update_fields=["closed_by", "closed_at"])
    return query


def may_answer(user, query: Query, allowed: Collection[Permission]) -> bool:
    """allowed: what the person may do in the question's clinic."""
    if query.asked_by_id == user.pk:
        return Permission.ASK_QUERIES in allowed
    return Permission.ANSWER_QUERIES in allowed and not asked_of(query).isdisjoint(_roles(allowed))


def asked_of(query: Query) -> set[Role]:
    """All who own the answer; who was asked, of the whole case or of what the record has no more."""
    entry = questions.entries().get(query.field)
    return {Role(query.owner), *(entry.owners if entry else ())}


def waiting_for(user, allowed: Collection[Permission]) -> QuerySet[Query]:
    """Others' questions that this person may answer. allowed: what they may do in the questions' clinic."""
    roles = _roles(allowed)
    owned = [name for name, entry in questions.entries().items() if roles.intersection(entry.owners)]
    asked = Query.objects.waiting_for_an_answer().exclude(asked_by=user)
    return asked.filter(Q(owner__in=roles) | Q(field__in=owned))


def may_close(user, query: Query, allowed: Collection[Permission], *, asker_left: bool) -> bool:
    """Whoever asked; for somebody who left the clinic or asks no longer, an administrator."""
    if query.asked_by_id == user.pk:
        return Permission.ASK_QUERIES in allowed
    return asker_left and Permission.MANAGE_CLINIC in allowed


def of_case(case: Case) -> list[Any]:
    """The conversations about a case, open ones first, each with its turns and `asker_left`; two queries."""
    turns = QueryMessage.objects.select_related("said_by")
    found = case.queries.select_related("asked_by", "closed_by").annotate(asker_left=~_ASKER_IS_HERE)
    return sorted(
        found.prefetch_related(Prefetch("messages", turns)).order_by("pk"),
        key=lambda query: (query.closed_at is not None, query.pk),
    )


def _roles(allowed: Collection[Permission]) -> set[Role]:
    return {role for role, permission in OWNERS.items() if permission in allowed}


def _spoken(text: str) -> str:
    said = text.strip()
    most = QueryMessage._meta.get_field("text").max_length or 0
    if not said:
        raise ValidationError({"text": _("Write what you want to say.")})
    if len(said) > most:
        message = _("This has %(length)s characters. Shorten it to %(most)s.")
        raise ValidationError({"text": message % {"length": len(said), "most": most}})
    return said


def _say(query: Query, text: str, by) -> QueryMessage:
    return QueryMessage.objects.create(clinic=query.clinic, query=query, said_by=by, text=text)


def _open(query: Query) -> Query:
    """The question as it is stored, held until the end of the transaction."""
    stored = Query.objects.select_for_update().get(pk=query.pk)
    if stored.closed_at is not None:
        raise Refused(_("This question is closed. Ask again if something is not clear."))
    return stored
