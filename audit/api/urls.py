from django.urls import path
from rest_framework.routers import SimpleRouter

from audit.api import audits, between, case_mix, depth, over_time, references, settings

router = SimpleRouter()
router.register("reference-adoptions", references.AdoptionViewSet, "api-reference-adoption")
router.register("own-figures", references.OwnFigureViewSet, "api-own-figure")
router.register("audit-settings", settings.AuditSettingsViewSet, "api-audit-settings")
router.register("audit-runs", audits.AuditRunViewSet, "api-audit-run")

urlpatterns = [
    path("clinics/<int:pk>/audit/", audits.live_audit, name="api-audit"),
    path("clinics/<int:pk>/audit/between/", between.live_between, name="api-audit-between"),
    path("clinics/<int:pk>/audit/case-mix/", case_mix.case_mix, name="api-audit-case-mix"),
    path("clinics/<int:pk>/audit/measures/<slug:measure>/", depth.measure_of, name="api-audit-measure"),
    path("clinics/<int:pk>/audit/time/", over_time.over_time_of, name="api-audit-time"),
    *router.urls,
]
