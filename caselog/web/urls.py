from django.urls import path

from caselog.web import cases, conditions, home, laboratory, people, tokens

urlpatterns = [
    path("", home.home, name="home"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/new/", cases.case_new, name="case_new"),
    path("cases/<int:pk>/", cases.case_detail, name="case_detail"),
    path("cases/<int:pk>/operation/", cases.case_operation, name="case_operation"),
    path("cases/<int:pk>/delete/", cases.case_delete, name="case_delete"),
    path("conditions-<slug:version>.css", conditions.conditions_css, name="conditions"),
    path("laboratory/", laboratory.worklist, name="worklist"),
    path("laboratory/<int:pk>/", laboratory.laboratory_report, name="laboratory_report"),
    path("clinic/people/", people.clinic_people, name="clinic_people"),
    path("clinic/people/<int:pk>/link/", people.password_link, name="password_link"),
    path("clinic/people/<int:pk>/end/", people.membership_end, name="membership_end"),
    path("clinic/switch/", people.clinic_switch, name="clinic_switch"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<slug:key>/revoke/", tokens.token_revoke, name="token_revoke"),
]
