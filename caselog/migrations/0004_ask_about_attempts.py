from django.db import migrations, models


class Migration(migrations.Migration):
    """Attempt 1 beside an earlier retrieval is asked about from now on, and no longer refused."""

    dependencies = [("caselog", "0003_local_identifiers")]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_first_attempt_has_no_earlier_one"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                name="case_later_attempt_has_an_earlier_one",
                condition=models.Q(
                    ("attempt_number__isnull", True),
                    ("attempt_number", 1),
                    models.Q(
                        ("attempt_number__range", (2, 11)),
                        models.Q(("prior_retrieval", "no_prior"), _negated=True),
                    ),
                    _connector="OR",
                ),
                violation_error_message=(
                    "A later attempt has an earlier one. Correct the attempt number or the earlier retrieval."
                ),
            ),
        ),
    ]
