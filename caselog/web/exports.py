"""The whole record of the clinic as a file, for its administrators."""

from io import BytesIO

from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from caselog.forms.export import ExportForm
from caselog.permissions import Permission
from caselog.services import exports
from caselog.web.access import permission_required


@require_safe
@permission_required(Permission.EXPORT_RECORD)
def record_export(request):
    return render(request, "caselog/export.html", {"form": ExportForm(request.GET)})


@require_safe
@permission_required(Permission.EXPORT_RECORD)
def record_export_file(request):
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "caselog/export.html", {"form": form}, status=422)
    now, file = timezone.now(), BytesIO()
    record = exports.record_of(by=request.user, clinic=request.clinic, **form.cleaned_data)
    exports.write(record, clinic=request.clinic, language=get_language(), now=now, to=file)
    file.seek(0)
    name = f"caselog-record-{timezone.localtime(now).date().isoformat()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)
