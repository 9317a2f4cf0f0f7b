from django.urls import path

from audit import references_web, web

urlpatterns = [
    path("", web.overview, name="audit"),
    path("cases/", web.cases_behind, name="audit_cases"),
    path("workbook/", web.workbook, name="audit_workbook"),
    path("references/", references_web.references, name="references"),
    path("references/versions/<int:version>/", references_web.version, name="references_version"),
    path("references/tolerance/<slug:figure>/", references_web.tolerance, name="reference_tolerance"),
    path("references/figures/new/", references_web.new_figure, name="own_figure_new"),
    path("references/figures/<int:pk>/withdraw/", references_web.withdraw, name="own_figure_withdraw"),
    path("runs/", web.runs, name="audit_runs"),
    path("runs/keep/", web.keep, name="audit_keep"),
    path("runs/<int:pk>/", web.kept_run, name="audit_run"),
    path("runs/<int:pk>/again/", web.kept_run_again, name="audit_run_again"),
    path("runs/<int:pk>/cases/", web.kept_cases_behind, name="audit_run_cases"),
    path("runs/<int:pk>/workbook/", web.kept_workbook, name="audit_run_workbook"),
]
