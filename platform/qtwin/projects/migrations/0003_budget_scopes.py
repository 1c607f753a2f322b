import django.db.models.deletion
import qtwin.accounts.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('projects', '0002_knob_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyLimit',
            fields=[
                ('id', models.UUIDField(default=qtwin.accounts.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit', models.CharField(choices=[('usd', 'Money'), ('qpu_seconds', 'Qpu Seconds'), ('shots', 'Shots')], max_length=12)),
                ('limit', models.BigIntegerField()),
                ('per_job', models.BigIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_one_scope',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_project_total',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_project_day',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_team_total',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_team_day',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_user_total',
        ),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_once_user_day',
        ),
        migrations.AddField(
            model_name='project',
            name='approval_above',
            field=models.PositiveBigIntegerField(default=10000000, help_text='Micro-USD.'),
        ),
        migrations.AddField(
            model_name='project',
            name='paid_sources',
            field=models.BooleanField(default=False, help_text='Whether jobs may cost money.'),
        ),
        migrations.AlterField(
            model_name='budget',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AlterField(
            model_name='budget',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team'),
        ),
        migrations.AlterField(
            model_name='budget',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['budget', '-created_at', '-id'], name='ledger_by_budget'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('project__isnull', False), ('team__isnull', True), ('user__isnull', True)), models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', True)), models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', False)), _connector='OR'), name='budget_one_scope'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', False), ('team__isnull', True), ('user__isnull', True), ('period', 'total')), fields=('project', 'unit'), name='budget_once_total_project'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', True), ('period', 'total')), fields=('team', 'unit'), name='budget_once_total_team'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', False), ('period', 'total')), fields=('team', 'user', 'unit'), name='budget_once_total_user'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', False), ('team__isnull', True), ('user__isnull', True), ('period', 'day')), fields=('project', 'unit', 'day'), name='budget_once_day_project'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', True), ('period', 'day')), fields=('team', 'unit', 'day'), name='budget_once_day_team'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', False), ('period', 'day')), fields=('team', 'user', 'unit', 'day'), name='budget_once_day_user'),
        ),
        migrations.AddField(
            model_name='dailylimit',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddField(
            model_name='dailylimit',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team'),
        ),
        migrations.AddField(
            model_name='dailylimit',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='dailylimit',
            constraint=models.CheckConstraint(condition=models.Q(('limit__gte', 0)), name='daily_limit_non_negative'),
        ),
        migrations.AddConstraint(
            model_name='dailylimit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('project__isnull', False), ('team__isnull', True), ('user__isnull', True)), models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', True)), models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', False)), _connector='OR'), name='daily_limit_one_scope'),
        ),
        migrations.AddConstraint(
            model_name='dailylimit',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', False), ('team__isnull', True), ('user__isnull', True)), fields=('project', 'unit'), name='daily_limit_once_project'),
        ),
        migrations.AddConstraint(
            model_name='dailylimit',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', True)), fields=('team', 'unit'), name='daily_limit_once_team'),
        ),
        migrations.AddConstraint(
            model_name='dailylimit',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True), ('team__isnull', False), ('user__isnull', False)), fields=('team', 'user', 'unit'), name='daily_limit_once_user'),
        ),
    ]
