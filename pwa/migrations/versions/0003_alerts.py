"""Alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "new-report",
                "new-message",
                "danger-now",
                "missed-clock",
                "visit-asked",
                "visit-confirmed",
                "visit-moved",
                "visit-cancelled",
                "visit-reminder",
                "visit-overdue",
                "duress",
                "task",
                "test",
                "news",
                name="subject",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("promised", "addressed", "cancelled", name="state", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("fk_alert_to_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_due", ["state", "urgent", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_to_id"), ["to_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_to_id"))
        batch_op.drop_index("ix_alert_due")

    op.drop_table("alert")
