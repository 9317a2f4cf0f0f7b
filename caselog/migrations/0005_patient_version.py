from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("caselog", "0004_ask_about_attempts")]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
