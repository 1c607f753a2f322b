from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0005_turns'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='estimated_qpu_seconds',
            field=models.FloatField(default=0, help_text='At most.'),
        ),
        migrations.AddField(
            model_name='job',
            name='estimated_shots',
            field=models.PositiveBigIntegerField(default=0, help_text='At most; only those of a QPU or a vendor.'),
        ),
        migrations.AddField(
            model_name='job',
            name='prices',
            field=models.CharField(blank=True, help_text='Which price list said so.', max_length=60),
        ),
        migrations.AlterField(
            model_name='job',
            name='estimated_cost',
            field=models.BigIntegerField(default=0, help_text='Micro-USD, at most.'),
        ),
    ]
