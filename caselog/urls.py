from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("caselog.web.urls")),
    path("audit/", include("audit.urls")),
    path("api/v1/", include("caselog.api.urls")),
    path("account/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
]
