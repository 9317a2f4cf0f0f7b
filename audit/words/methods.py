"""The methods of an audit, in words: the workbook's methods sheet. In full: docs/methods/."""

from django.utils.translation import gettext_lazy as _

_METHODS = [
    (
        _("Units and first procedures"),
        _("A man counts once, by his first attempt in the period, or by his first one in the group. "
          "Attempts and testes can be counted too; they get no verdict."),
    ),
    (
        _("Success"),
        _("Spermatozoa in the laboratory's final report, motile or not. Spermatids alone are not success."),
    ),
    (
        _("An attempt that found no sperm"),
        _("The result of the last earlier attempt counts, whatever its method: also an earlier micro-TESE."),
    ),
    (
        _("Pending and excluded"),
        _("A pending result is never counted as “no sperm”: the rate is also shown with all pending "
          "results negative and with all positive. Drafts, cancelled and abandoned operations, "
          "uncertain types and missing answers are left out, and counted."),
    ),
    (
        _("Combined operations"),
        _("Where several procedures were done in one operation, such as conventional TESE and then "
          "micro-TESE, what was found and how much tissue was taken belong to no single technique. It is "
          "left out of every rate of one technique, of the difference and of the tissue, and counted."),
    ),
    (
        _("Exact interval (Clopper and Pearson)"),
        _("The interval shown, at 95 % and, wider, at 99.8 %; verdicts use one of the two. "
          "It is wrong at most as often as it says."),
    ),
    (
        _("Wilson interval"),
        _("For comparison with other tables only; no verdict uses it."),
    ),
    (
        _("Verdict"),
        _("Below: the whole interval lies under the reference. Above: it lies over it. Within: it lies "
          "inside the reference widened by its tolerance. Otherwise there are not enough cases. "
          "Where pending results could change the word, there are not enough cases either."),
    ),
    (
        _("At which level"),
        _("A live audit is looked at again after each case, which makes a false verdict more likely: its "
          "verdicts use the 99.8 % interval. A closed audit is of months that are over, made once, and its "
          "verdicts use the 95 % one, as those of a finished series do."),
    ),
    (
        _("Alarm"),
        _("A verdict of below or above that also holds at 99.8 %."),
    ),
    (
        _("How many more"),
        _("The smallest number of further results that changes the verdict if the rate stays as it is. "
          "An outlook, not a promise."),
    ),
    (
        _("Difference (Newcombe, Fisher)"),
        _("micro-TESE minus conventional TESE in non-obstructive azoospermia: Newcombe's hybrid score "
          "interval, method 10, and the p of Fisher's exact test. Not adjusted for case mix."),
    ),
    (
        _("Tissue ratio (Welch on logarithms)"),
        _("Tissue per man, both testes together, as a ratio of geometric means with Welch's t interval "
          "on logarithms, and the ratio of medians. Men not weighed are left out, and counted."),
    ),
    (
        _("Chance of a false “below”"),
        _("How many comparisons would be called below by chance if every true rate stood at the lower "
          "edge of its reference: the exact sum over the table."),
    ),
]  # fmt: skip


def method_names() -> list[tuple[str, str]]:
    """Name and explanation of each method."""
    return [(str(name), str(explanation)) for name, explanation in _METHODS]
