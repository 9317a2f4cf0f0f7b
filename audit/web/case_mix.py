"""What was found beside what the clinic's own mix of men leads one to expect."""

from django.views.decorators.http import require_safe

from audit.web import asked
from caselog.permissions import Permission
from caselog.web.access import permission_required


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def case_mix(request):
    return asked.show(request, "audit/case_mix.html", asked.filters_form(request, request.GET))
