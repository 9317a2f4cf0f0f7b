from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from caselog.api import follow_up, histology, periods, queries, views

router = SimpleRouter()
router.register("clinics", views.ClinicViewSet, "api-clinic")
router.register("patients", views.PatientViewSet, "api-patient")
router.register("cases", views.CaseViewSet, "api-case")
router.register("laboratory-reports", views.LaboratoryReportViewSet, "api-laboratory-report")
router.register("histology", histology.HistologyViewSet, "api-histology")
router.register("follow-ups", follow_up.FollowUpViewSet, "api-follow-up")
router.register("complications", follow_up.ComplicationViewSet, "api-complication")
router.register("icsi-cycles", follow_up.IcsiCycleViewSet, "api-icsi-cycle")
router.register("queries", queries.QueryViewSet, "api-query")
router.register("periods", periods.PeriodViewSet, "api-period")

_docs = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema", template_name="caselog/api_docs.html", permission_classes=[IsAuthenticated]
)
urlpatterns = [
    *router.urls,
    path("", include("audit.api.urls")),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path("docs/", login_required(_docs), name="api-docs"),
    re_path(r"^.*/$", views.nothing_here),
]
