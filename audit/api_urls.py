from django.urls import path
from rest_framework.routers import SimpleRouter

from audit import api, references_api

router = SimpleRouter()
router.register("reference-adoptions", references_api.AdoptionViewSet, "api-reference-adoption")
router.register("own-figures", references_api.OwnFigureViewSet, "api-own-figure")
router.register("audit-runs", api.AuditRunViewSet, "api-audit-run")

urlpatterns = [
    path("clinics/<int:pk>/audit/", api.live_audit, name="api-audit"),
    *router.urls,
]
