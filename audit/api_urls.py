from django.urls import path
from rest_framework.routers import SimpleRouter

from audit import api

router = SimpleRouter()
router.register("audit-runs", api.AuditRunViewSet, "api-audit-run")

urlpatterns = [
    path("clinics/<int:pk>/audit/", api.live_audit, name="api-audit"),
    *router.urls,
]
