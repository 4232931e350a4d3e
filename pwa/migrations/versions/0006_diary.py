"""Diary."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("travel", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "quarter", name=op.f("pk_booking")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_quarter"), ["quarter"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "calendar_entry",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", "whose", name=op.f("pk_calendar_entry")),
    )
    with op.batch_alter_table("calendar_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_entry_end_at"), ["end_at"], unique=False)

    op.create_table(
        "holiday",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "hours_exemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("leave", "extra", name="span", native_enum=False, length=24), nullable=False
        ),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_exemption")),
    )
    with op.batch_alter_table("hours_exemption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_exemption_end_at"), ["end_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_exemption_whose"), ["whose"], unique=False)

    op.create_table(
        "resource",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("vehicle", "room", name="kind", native_enum=False, length=24), nullable=False
        ),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    with op.batch_alter_table("weekly_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_hours_whose"), ["whose"], unique=False)

    op.create_table(
        "counsellor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sex", sa.Enum("woman", "man", name="sex", native_enum=False, length=24), nullable=True),
        sa.Column("tongues", sa.String(length=80), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_counsellor_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["account.id"], name=op.f("fk_counsellor_partner_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_counsellor")),
    )


def downgrade() -> None:
    op.drop_table("counsellor")
    with op.batch_alter_table("weekly_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weekly_hours_whose"))

    op.drop_table("weekly_hours")
    op.drop_table("resource")
    with op.batch_alter_table("hours_exemption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hours_exemption_whose"))
        batch_op.drop_index(batch_op.f("ix_hours_exemption_end_at"))

    op.drop_table("hours_exemption")
    op.drop_table("holiday")
    with op.batch_alter_table("calendar_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_entry_end_at"))

    op.drop_table("calendar_entry")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_visit_id"))
        batch_op.drop_index(batch_op.f("ix_booking_quarter"))

    op.drop_table("booking")
