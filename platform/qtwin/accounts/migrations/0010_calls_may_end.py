"""The trail still keeps its rows, but for agents' calls of more than thirty days ago.

They are deleted only where an installation asks for it (`QTWIN_KEEP_CALLS_DAYS`).
"""

from typing import Any

from django.db import migrations

WHY = "the audit trail is append-only"
ON = " ON accounts_auditevent"
SQLITE = f"""CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON accounts_auditevent
    WHEN NOT (OLD."action" = 'agent.call' AND OLD."created_at" < datetime('now', '-30 days'))
    BEGIN SELECT RAISE(ABORT, '{WHY}'); END"""
POSTGRES = """CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON accounts_auditevent FOR EACH ROW
    WHEN (NOT (OLD."action" = 'agent.call' AND OLD."created_at" < now() - interval '30 days'))
    EXECUTE FUNCTION audit_refuse()"""


def let_calls_go(apps: Any, schema_editor: Any) -> None:
    lite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(f"DROP TRIGGER audit_keeps_rows{'' if lite else ON}")
    schema_editor.execute(SQLITE if lite else POSTGRES)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_mention_mail")]
    operations = [migrations.RunPython(let_calls_go, migrations.RunPython.noop)]
