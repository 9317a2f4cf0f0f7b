from django.urls import path

from audit.web import between, overview, references, runs, settings

urlpatterns = [
    path("", overview.overview, name="audit"),
    path("between/", between.between, name="audit_between"),
    path("cases/", overview.cases_behind, name="audit_cases"),
    path("workbook/", overview.workbook, name="audit_workbook"),
    path("references/", references.references, name="references"),
    path("references/versions/<int:version>/", references.version, name="references_version"),
    path("references/tolerance/<slug:figure>/", references.tolerance, name="reference_tolerance"),
    path("references/figures/new/", references.new_figure, name="own_figure_new"),
    path("references/figures/<int:pk>/withdraw/", references.withdraw, name="own_figure_withdraw"),
    path("settings/", settings.audit_settings, name="audit_settings"),
    path("runs/", runs.runs, name="audit_runs"),
    path("runs/keep/", overview.keep, name="audit_keep"),
    path("runs/<int:pk>/", runs.kept_run, name="audit_run"),
    path("runs/<int:pk>/again/", runs.kept_run_again, name="audit_run_again"),
    path("runs/<int:pk>/cases/", runs.kept_cases_behind, name="audit_run_cases"),
    path("runs/<int:pk>/workbook/", runs.kept_workbook, name="audit_run_workbook"),
]
