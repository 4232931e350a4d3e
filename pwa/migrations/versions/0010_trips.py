"""Trips."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duress_word",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_duress_word_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_duress_word")),
    )
    op.create_table(
        "trip",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("counsellor_id", sa.Uuid(), nullable=False),
        sa.Column("buddy_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "departed",
                "arrived",
                "under-way",
                "finished",
                "not-met",
                "stopped-unsafe",
                "counsellor-safe",
                "cancelled",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column(
            "alarm", sa.Enum("overdue", "duress", name="alarm", native_enum=False, length=24), nullable=True
        ),
        sa.Column("alarm_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_id", sa.Uuid(), nullable=True),
        sa.Column("cleared_reason", sa.LargeBinary(), nullable=True),
        sa.Column("reach_again_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["buddy_id"], ["account.id"], name=op.f("fk_trip_buddy_id_account")),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"], ["account.id"], name=op.f("fk_trip_cleared_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["account.id"], name=op.f("fk_trip_counsellor_id_account")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_trip")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_trip_token_hash")),
    )
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_buddy_id"), ["buddy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trip_counsellor_id"), ["counsellor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trip_start_at"), ["start_at"], unique=False)
        batch_op.create_index("ix_trip_watched", ["due_at", "alarm_at"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "departed",
                "arrived",
                "under-way",
                "extend",
                "finished",
                "not-met",
                "stopped-unsafe",
                "home",
                name="kind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["trip.visit_id"], name=op.f("fk_checkpoint_visit_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkpoint_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("agreed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "next",
            sa.Enum("visit", "contact", "referral", "none", name="next", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("next_on", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_outcome_by_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["trip.visit_id"], name=op.f("fk_outcome_visit_id_trip")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_outcome")),
    )


def downgrade() -> None:
    op.drop_table("outcome")
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkpoint_visit_id"))

    op.drop_table("checkpoint")
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.drop_index("ix_trip_watched")
        batch_op.drop_index(batch_op.f("ix_trip_start_at"))
        batch_op.drop_index(batch_op.f("ix_trip_counsellor_id"))
        batch_op.drop_index(batch_op.f("ix_trip_buddy_id"))

    op.drop_table("trip")
    op.drop_table("duress_word")
