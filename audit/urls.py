from django.urls import path

from audit.web import closing, depth, over_time, overview, references, runs, settings

urlpatterns = [
    path("", overview.overview, name="audit"),
    path("measures/<slug:measure>/", depth.measure, name="audit_measure"),
    path("tissue/", depth.part, {"part": "tissue"}, name="audit_tissue"),
    path("safety/", depth.part, {"part": "safety"}, name="audit_safety"),
    path("laboratory/", depth.part, {"part": "laboratory"}, name="audit_laboratory"),
    path("case-mix/", depth.part, {"part": "case_mix"}, name="audit_case_mix"),
    path("cases/", overview.cases_behind, name="audit_cases"),
    path("time/", over_time.live, name="audit_time"),
    path("workbook/", overview.workbook, name="audit_workbook"),
    path("references/", references.references, name="references"),
    path("references/versions/<int:version>/", references.version, name="references_version"),
    path("references/tolerance/<slug:figure>/", references.tolerance, name="reference_tolerance"),
    path("references/figures/new/", references.new_figure, name="own_figure_new"),
    path("references/figures/<int:pk>/withdraw/", references.withdraw, name="own_figure_withdraw"),
    path("settings/", settings.audit_settings, name="audit_settings"),
    path("runs/", runs.runs, name="audit_runs"),
    path("runs/keep/", overview.keep, name="audit_keep"),
    path("runs/close/", closing.close, name="audit_close"),
    path("runs/<int:pk>/", runs.kept_run, name="audit_run"),
    path("runs/<int:pk>/measures/<slug:measure>/", runs.kept_measure, name="audit_run_measure"),
    path("runs/<int:pk>/tissue/", runs.kept_part, {"part": "tissue"}, name="audit_run_tissue"),
    path("runs/<int:pk>/safety/", runs.kept_part, {"part": "safety"}, name="audit_run_safety"),
    path("runs/<int:pk>/laboratory/", runs.kept_part, {"part": "laboratory"}, name="audit_run_laboratory"),
    path("runs/<int:pk>/case-mix/", runs.kept_part, {"part": "case_mix"}, name="audit_run_case_mix"),
    path("runs/<int:pk>/time/", over_time.kept, name="audit_run_time"),
    path("runs/<int:pk>/again/", runs.kept_run_again, name="audit_run_again"),
    path("runs/<int:pk>/cases/", runs.kept_cases_behind, name="audit_run_cases"),
    path("runs/<int:pk>/workbook/", runs.kept_workbook, name="audit_run_workbook"),
]
