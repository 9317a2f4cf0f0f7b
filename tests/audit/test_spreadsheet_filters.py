"""The filters of the page as options of the command, where the file answers them."""

import json

import pytest
from django.core.management import CommandError

from audit.management.commands.audit import Command
from tests.audit.sheets import GHALAYINI, HEAD, audit


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "cases.csv"
    rows = (
        "A,noa,mtese,no,2024-01-31,1,no_prior,idiopathic",
        "A,noa,mtese,yes,2024-03-01,2,none_found,idiopathic",
        "B,noa,ctese,yes,2024-02-01,1,no_prior,klinefelter",
        "C,oa,tesa,yes,2024-02-02,1,no_prior,vasectomy",
    )
    head = f"{HEAD},date,attempt_number,prior_retrieval,primary_aetiology"
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    return file


def audited(path, *options):
    status, out, err = audit(path, *options, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)["audit"]


@pytest.mark.parametrize(
    ("option", "value", "cases"),
    [
        ("procedure", "micro_tese", 2),
        ("azoospermia-type", "oa", 1),
        ("primary-aetiology", "klinefelter", 1),
        ("attempt", "first", 3),
        ("attempt", "later", 1),
    ],
)
def test_an_option_chooses_cases_and_stands_in_the_audit(path, option, value, cases):
    made = audited(path, f"--{option}", value)
    assert made["quality"]["cases"] == cases
    assert made["filters"][option.replace("-", "_")] == value


def test_a_repeat_does_not_become_a_first_procedure(path):
    micro = next(
        one for one in audited(path, "--attempt", "later")["comparisons"] if one["measure"] == "micro_noa"
    )
    assert (micro["known"], list(micro["cases"])) == (0, ["first_left_out"])


def test_the_period_comes_first(path):
    """Within the later period his second operation is his first."""
    made = audited(path, "--attempt", "later", "--since", "2024-02-15")
    micro = next(one for one in made["comparisons"] if one["measure"] == "micro_noa")
    assert (micro["found"], micro["known"]) == (1, 1)


def test_the_report_says_what_was_chosen(path):
    assert "Primary cause: Klinefelter syndrome\n" in audit(path, "--primary-aetiology", "klinefelter")[1]


def test_a_filter_by_what_no_row_says_is_refused():
    status, out, err = audit(GHALAYINI, "--primary-aetiology", "klinefelter")
    assert (status, out) == (2, "")
    assert err == "--primary-aetiology needs the column primary_aetiology, which no row fills in.\n"


def test_a_code_that_is_none_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        audit(GHALAYINI, "--procedure", "guess")


def test_a_column_that_names_the_surgeon_is_not_read_and_the_help_says_why(tmp_path, capsys):
    path = tmp_path / "record.csv"
    path.write_text(f"{HEAD},surgeon\nA,noa,mtese,yes,Layla Haddad\n", encoding="utf-8")
    status, out, _err = audit(path)
    assert status == 0
    assert "Columns not used: surgeon" in out
    assert "Layla" not in out
    with pytest.raises(CommandError, match="--surgeon"):
        audit(path, "--surgeon", "Layla Haddad")
    with pytest.raises(SystemExit):
        Command().create_parser("caselog", "audit").parse_args(["--help"])
    assert "no filter by surgeon" in " ".join(capsys.readouterr().out.split())
