"""Planned contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.String(length=4), nullable=False),
        sa.Column(
            "agreement",
            sa.Enum("in-person", "by-phone", "in-the-app", name="agreement", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("agreed_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.LargeBinary(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum("planned", "reached", "not-reached", "done", name="stage", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ending", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_outreach_by_id_account")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_outreach_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
    )
    with op.batch_alter_table("outreach", schema=None) as batch_op:
        batch_op.create_index("ix_outreach_due", ["stage", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_report_id"), ["report_id"], unique=False)

    op.create_table(
        "outreach_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outreach_id", sa.Uuid(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_outreach_try_by_id_account")),
        sa.ForeignKeyConstraint(
            ["outreach_id"], ["outreach.id"], name=op.f("fk_outreach_try_outreach_id_outreach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_try")),
    )
    with op.batch_alter_table("outreach_try", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_try_outreach_id"), ["outreach_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outreach_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_try_outreach_id"))

    op.drop_table("outreach_try")
    with op.batch_alter_table("outreach", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_report_id"))
        batch_op.drop_index("ix_outreach_due")

    op.drop_table("outreach")
