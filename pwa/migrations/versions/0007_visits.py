"""Visits."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_reply",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "done",
                "late",
                "taken",
                "moot",
                "noted",
                "dropped",
                name="outcome",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "addition",
                "new-number",
                "visit",
                "reply",
                name="kind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kecamatan", sa.String(length=8), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unpacked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreadable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_visit_reply_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reply")),
    )
    with op.batch_alter_table("visit_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_reply_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_reply_unpacked_at"), ["unpacked_at"], unique=False)

    op.create_table(
        "visit",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "offered",
                "confirmed",
                "departed",
                "arrived",
                "under-way",
                "finished",
                "counsellor-safe",
                "declined",
                "lapsed",
                "cancelled-by-her",
                "cancelled-by-office",
                "not-met",
                "stopped-unsafe",
                "counsellor-emergency",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("darurat", "tinggi", "sedang", "rendah", name="level", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "place",
            sa.Enum(
                "home", "neutral", "office", "school", "phone", name="place", native_enum=False, length=24
            ),
            nullable=True,
        ),
        sa.Column("wished_sex", sa.String(length=8), nullable=True),
        sa.Column("wished_tongue", sa.String(length=8), nullable=True),
        sa.Column("safe_days", sa.Integer(), nullable=False),
        sa.Column("safe_hours", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("goal", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "addition",
                "new-number",
                "visit",
                "reply",
                name="kind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kecamatan", sa.String(length=8), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unpacked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreadable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_visit_answer_id_answer")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["account.id"], name=op.f("fk_visit_counsellor_id_account")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["account.id"], name=op.f("fk_visit_partner_id_account")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_visit_receipt_id_receipt")),
        sa.ForeignKeyConstraint(["room_id"], ["resource.id"], name=op.f("fk_visit_room_id_resource")),
        sa.ForeignKeyConstraint(["series_id"], ["visit.id"], name=op.f("fk_visit_series_id_visit")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["resource.id"], name=op.f("fk_visit_vehicle_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_counsellor_id"), ["counsellor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_lapses_at"), ["lapses_at"], unique=False)
        batch_op.create_index("ix_visit_open", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_unpacked_at"), ["unpacked_at"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("safe-contact", "reach-again", name="kind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("hers", "not-hers", name="outcome", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_task_by_id_account")),
        sa.ForeignKeyConstraint(["reply_id"], ["visit_reply.id"], name=op.f("fk_task_reply_id_visit_reply")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_task_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_done_at"), ["done_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_conflict",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_visit_conflict_account_id_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_conflict_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "account_id", name=op.f("pk_visit_conflict")),
    )
    op.create_table(
        "visit_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stand",
            sa.Enum(
                "waiting",
                "accepted",
                "refused",
                "withdrawn",
                "lapsed",
                name="stand",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_visit_move_answer_id_answer")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_visit_move_by_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_move_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_move")),
    )
    with op.batch_alter_table("visit_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_move_lapses_at"), ["lapses_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_move_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_visit_move_waiting",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("stand = 'waiting'"),
            postgresql_where=sa.text("stand = 'waiting'"),
        )

    op.create_table(
        "visit_recheck",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("darurat", "tinggi", "sedang", "rendah", name="level", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_visit_recheck_by_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_recheck_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_recheck")),
    )
    with op.batch_alter_table("visit_recheck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_recheck_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "asked",
                "offered",
                "confirmed",
                "departed",
                "arrived",
                "under-way",
                "finished",
                "counsellor-safe",
                "declined",
                "lapsed",
                "cancelled-by-her",
                "cancelled-by-office",
                "not-met",
                "stopped-unsafe",
                "counsellor-emergency",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "asked",
                "offered",
                "confirmed",
                "departed",
                "arrived",
                "under-way",
                "finished",
                "counsellor-safe",
                "declined",
                "lapsed",
                "cancelled-by-her",
                "cancelled-by-office",
                "not-met",
                "stopped-unsafe",
                "counsellor-emergency",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_visit_step_by_id_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_step_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_step")),
    )
    with op.batch_alter_table("visit_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_step_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_step_visit_id"))

    op.drop_table("visit_step")
    with op.batch_alter_table("visit_recheck", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_recheck_visit_id"))

    op.drop_table("visit_recheck")
    with op.batch_alter_table("visit_move", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_visit_move_waiting",
            sqlite_where=sa.text("stand = 'waiting'"),
            postgresql_where=sa.text("stand = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_visit_move_visit_id"))
        batch_op.drop_index(batch_op.f("ix_visit_move_lapses_at"))

    op.drop_table("visit_move")
    op.drop_table("visit_conflict")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_visit_id"))
        batch_op.drop_index(batch_op.f("ix_task_done_at"))

    op.drop_table("task")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_unpacked_at"))
        batch_op.drop_index(batch_op.f("ix_visit_receipt_id"))
        batch_op.drop_index("ix_visit_open")
        batch_op.drop_index(batch_op.f("ix_visit_lapses_at"))
        batch_op.drop_index(batch_op.f("ix_visit_counsellor_id"))

    op.drop_table("visit")
    with op.batch_alter_table("visit_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_reply_unpacked_at"))
        batch_op.drop_index(batch_op.f("ix_visit_reply_receipt_id"))

    op.drop_table("visit_reply")
