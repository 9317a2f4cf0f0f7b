"""The methods of an audit, in words, each with its page in docs/methods/."""

from django.utils.translation import gettext_lazy as _

_METHODS = [
    (
        "units-and-first-procedures",
        _("Units and first procedures"),
        _("A man counts once, by his first attempt in the period, or by his first one in the group. "
          "Attempts and testes can be counted too; they get no verdict."),
    ),
    (
        "units-and-first-procedures",
        _("Success"),
        _("Spermatozoa in the laboratory's final report, motile or not. Spermatids alone are not success."),
    ),
    (
        "units-and-first-procedures",
        _("An attempt that found no sperm"),
        _("The result of the last earlier attempt counts, whatever its method: also an earlier micro-TESE."),
    ),
    (
        "pending-results",
        _("Pending and excluded"),
        _("A pending result is never counted as “no sperm”: the rate is also shown with all pending "
          "results negative and with all positive. Drafts, cancelled and abandoned operations, "
          "uncertain types and missing answers are left out, and counted."),
    ),
    (
        "units-and-first-procedures",
        _("Combined operations"),
        _("Where several procedures were done in one operation, such as conventional TESE and then "
          "micro-TESE, what was found and how much tissue was taken belong to no single technique. It is "
          "left out of every rate of one technique, of the difference and of the tissue, and counted."),
    ),
    (
        "which-reference",
        _("Which reference"),
        _("One figure stands beside each rate: the clinic's own where it has one, else the one that the "
          "chosen set marks. A single man is compared with the most specific figure that fits him: "
          "obstructive; then Klinefelter syndrome, a genetic cause, an earlier attempt without sperm; "
          "then the technique. Only figures that can give a verdict are asked."),
    ),
    (
        "exact-interval",
        _("Exact interval (Clopper and Pearson)"),
        _("The interval shown, at 95 % and, wider, at 99.8 %; verdicts use one of the two. "
          "It is wrong at most as often as it says."),
    ),
    (
        "wilson-interval",
        _("Wilson interval"),
        _("For comparison with other tables only; no verdict uses it."),
    ),
    (
        "verdict",
        _("Verdict"),
        _("Below: the whole interval lies under the reference. Above: it lies over it. Within: it lies "
          "inside the reference widened by its tolerance. Otherwise there are not enough cases. "
          "Where pending results could change the word, there are not enough cases either."),
    ),
    (
        "judging-after-every-case",
        _("At which level"),
        _("A live audit is looked at again after each case, which makes a false verdict more likely: its "
          "verdicts use the interval at 99.8 %. A closed audit is of months that are over, made once, and "
          "its verdicts use that at 95 %, as those of a finished series do."),
    ),
    (
        "verdict",
        _("Alarm"),
        _("A verdict of below or above that also holds at 99.8 %."),
    ),
    (
        "how-many-more",
        _("How many more"),
        _("The smallest number of further results that changes the verdict if the rate stays as it is. "
          "An outlook, not a promise."),
    ),
    (
        "difference-newcombe-fisher",
        _("Difference (Newcombe, Fisher)"),
        _("micro-TESE minus conventional TESE in non-obstructive azoospermia: Newcombe's hybrid score "
          "interval, method 10, and the p of Fisher's exact test. Not adjusted for case mix."),
    ),
    (
        "several-groups",
        _("Several groups"),
        _("Pearson's χ² that the groups share one rate; where fewer than five men are expected in a cell, a "
          "permutation with a fixed seed instead, which gives the same P every time. Two groups: Fisher's "
          "exact test. Exploratory: no verdict uses it."),
    ),
    (
        "q-values",
        _("q-values"),
        _("Of several P values the share of chance finds expected among all that are at least as small, by "
          "Benjamini and Hochberg."),
    ),
    (
        "tissue-ratio",
        _("Tissue ratio (Welch on logarithms)"),
        _("Tissue per man, both testes together, as a ratio of geometric means with Welch's t interval "
          "on logarithms, and the ratio of medians. Men not weighed are left out, and counted."),
    ),
    (
        "chance-of-false-below",
        _("Chance of a false “below”"),
        _("How many comparisons would be called below by chance if every true rate stood at the lower "
          "edge of its reference: the exact sum over the table."),
    ),
    (
        "shares",
        _("Shares"),
        _("How many of those known have something else than sperm, with the exact interval (95 %) and no "
          "verdict. Who was not asked, not followed up or not weighed stands apart, and is counted."),
    ),
    (
        "quantities",
        _("Medians and quartiles"),
        _("Of those known, with no verdict: half of them lie between the quartiles."),
    ),
    (
        "paired-change",
        _("Paired change"),
        _("Each man's later value divided by his value before, as a geometric mean with a t interval on "
          "logarithms. Only men who have both, and none under replacement."),
    ),
    (
        "run-chart",
        _("Run chart"),
        _("The rate of each calendar quarter with its exact interval. It describes: no rule of runs or "
          "trends is applied to so few cases."),
    ),
    (
        "vlad",
        _("Observed less expected (VLAD)"),
        _("One point for each man with a final result, in the order of operation: the men found so far, "
          "less those that each edge of the reference's band would give. Read its slopes, not its height."),
    ),
    (
        "cusum",
        _("Signals (CUSUM)"),
        _("After each man two scores ask whether the odds of finding no sperm have doubled, or halved, "
          "against the lower and the upper edge of the band. A score that reaches its limit is a signal, "
          "and starts from 0 again. The limit is for a horizon: the number of cases in view, rounded up "
          "to 50, 100, 200, 500 or 1,000."),
    ),
    (
        "case-mix",
        _("Case mix: observed and expected"),
        _("The edges of the figures that fit the men best, added up, are the men with sperm to expect. What "
          "chance could give of such men comes from the exact distribution of a sum of unequal chances "
          "(Poisson-binomial): from the lowest number that is not too rare at all lower edges to the highest "
          "one at all upper edges."),
    ),
]  # fmt: skip


def method_names(pages: str = "") -> list[tuple[str, str]]:
    """Name and explanation of each method; of these pages of docs/methods/ alone, where some are named.

    pages: with a blank between.
    """
    return [
        (str(name), str(explanation))
        for page, name, explanation in _METHODS
        if not pages or page in pages.split()
    ]


def method_pages() -> list[str]:
    """The pages whose methods are said here, each once."""
    return list(dict.fromkeys(page for page, _name, _explanation in _METHODS))
