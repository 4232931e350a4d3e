"""Waiting letters."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waited", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("waited", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waited", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("visit_reply", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waited", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("visit_reply", schema=None) as batch_op:
        batch_op.drop_column("waited")

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_column("waited")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_column("waited")
        batch_op.drop_column("rechecked_at")

    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.drop_column("waited")
