"""What lists and links look for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_open"))
        batch_op.create_index("ix_report_age", ["state", "received_at", "id"], unique=False)
        batch_op.create_index(
            "ix_report_merged",
            ["merged_into_id"],
            unique=False,
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index("ix_report_urgency", ["state", "rank", "due_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_urgency")
        batch_op.drop_index(
            "ix_report_merged",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_report_age")
        batch_op.create_index(batch_op.f("ix_report_open"), ["state", "rank", "due_at"], unique=False)
