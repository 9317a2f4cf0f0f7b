
import datetime
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_audit_settings'),
        ('caselog', '0005_patient_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='auditrun',
            name='closed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='auditrun',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_on__isnull', False)), fields=('clinic', 'since', 'until'), name='auditrun_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='auditrun',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), models.Q(django.db.models.lookups.Exact(django.db.models.functions.datetime.ExtractDay(models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('until'), '+', models.Value(datetime.timedelta(days=1))), models.DateField())), 1), ('since__day', 1), ('since__isnull', False), ('since__lte', models.F('until')), ('until__isnull', False), ('until__lt', models.F('closed_on'))), _connector='OR'), name='auditrun_closed_is_of_whole_months_that_are_over'),
        ),
        migrations.AddConstraint(
            model_name='auditrun',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), models.Q(('attempt', ''), ('azoospermia_type', ''), ('primary_aetiology', ''), ('procedure', ''), ('surgeon', None), ('unit', 'man')), _connector='OR'), name='auditrun_closed_is_of_the_whole_clinic_by_men'),
        ),
    ]
