"""Errands."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KIND = sa.Enum(
    "report", "addition", "new-number", "visit", "reply", name="kind", native_enum=False, length=24
)


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            KIND,
            nullable=False,
        ),
        sa.Column("kader_id", sa.Uuid(), nullable=False),
        sa.Column("kelurahan", sa.String(length=13), nullable=False),
        sa.Column("rt_rw", sa.String(length=7), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kader_id"], ["account.id"], name=op.f("fk_errand_kader_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
    )
    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.create_index("ix_errand_kader", ["kader_id", "received_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.drop_index("ix_errand_kader")

    op.drop_table("errand")
