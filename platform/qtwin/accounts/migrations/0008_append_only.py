"""The database keeps the audit trail: rows are added, and only forget whom they are about."""

from typing import Any

from django.db import migrations

WHY = "the audit trail is append-only"
KEPT = ("id", "action", "target", "data", "created_at")
FORGOTTEN = ("user_id", "token_id", "team_id")

SQLITE = (
    f"""CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON accounts_auditevent
        BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER audit_keeps_columns BEFORE UPDATE ON accounts_auditevent
        WHEN NOT ({" AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in KEPT)}
        AND {" AND ".join(f'(NEW."{n}" IS OLD."{n}" OR NEW."{n}" IS NULL)' for n in FORGOTTEN)})
        BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
)
SAME = "IS NOT DISTINCT FROM"
POSTGRES = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{WHY}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON accounts_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_keeps_columns BEFORE UPDATE ON accounts_auditevent FOR EACH ROW
        WHEN (NOT ({" AND ".join(f'NEW."{name}" {SAME} OLD."{name}"' for name in KEPT)}
        AND {" AND ".join(f'(NEW."{n}" {SAME} OLD."{n}" OR NEW."{n}" IS NULL)' for n in FORGOTTEN)}))
        EXECUTE FUNCTION audit_refuse()""",
)


def keep(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)
    else:
        for statement in POSTGRES:
            schema_editor.execute(statement)


def let_go(apps: Any, schema_editor: Any) -> None:
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON accounts_auditevent"
    for name in ("audit_keeps_rows", "audit_keeps_columns"):
        schema_editor.execute(f"DROP TRIGGER {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION audit_refuse()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_identity")]
    operations = [migrations.RunPython(keep, let_go)]
