"""Passkeys devices and kader."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_device_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", "account_id", name=op.f("uq_device_token_hash_account_id")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_account_id"), ["account_id"], unique=False)

    op.create_table(
        "kader",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kelurahan", sa.String(length=13), nullable=False),
        sa.Column("rt_rw", sa.String(length=7), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise_version", sa.String(length=10), nullable=True),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_kader_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_kader")),
    )
    with op.batch_alter_table("kader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kader_kelurahan"), ["kelurahan"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kelurahan", sa.String(length=13), nullable=True))
        batch_op.add_column(sa.Column("rt_rw", sa.String(length=7), nullable=True))
        batch_op.add_column(
            sa.Column(
                "refused",
                sa.Enum(
                    "unknown",
                    "used",
                    "run-out",
                    "not-me",
                    "wrong-area",
                    name="why",
                    native_enum=False,
                    length=24,
                ),
                nullable=True,
            )
        )

    op.execute("DELETE FROM login")  # their marks do not cover what is new: everybody signs in once more
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_login_device_id"), ["device_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_login_device_id_device"), "device", ["device_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_login_device_id_device"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_login_device_id"))
        batch_op.drop_column("locked_at")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("device_id")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("refused")
        batch_op.drop_column("rt_rw")
        batch_op.drop_column("kelurahan")

    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_account_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("kader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kader_kelurahan"))

    op.drop_table("kader")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_account_id"))

    op.drop_table("device")
