"""What Alembic runs around every step; called only through pwa.schema, which brings the connection."""

from alembic import context

from pwa import db, models, vault  # noqa: F401 the metadata is whole only with the models


def render_plainly(kind, item, autogen_context):
    """Migrations name the stored type, not ours: they must still run when ours is long renamed."""
    if kind == "type" and isinstance(item, db.UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, vault.Sealed):
        return "sa.LargeBinary()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.Model.metadata,
    compare_type=True,
    render_as_batch=True,
    render_item=render_plainly,
)
with context.begin_transaction():
    context.run_migrations()
