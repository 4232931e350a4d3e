"""Her own phones: what is promised to a number hangs on its receipt, which stays when the number changes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WHOSE = "(account_id IS NULL) = (login_id IS NULL) AND (account_id IS NULL) <> (receipt_id IS NULL)"
STAFF = sa.text("receipt_id IS NULL")


def upgrade() -> None:
    op.add_column("alert", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE alert SET receipt_id = (SELECT id FROM receipt WHERE receipt.lookup = alert.lookup)")
    op.execute("DELETE FROM alert WHERE lookup IS NOT NULL AND receipt_id IS NULL")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_alert_receipt_id_receipt"), "receipt", ["receipt_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.drop_column("lookup")

    op.execute("DELETE FROM subscription WHERE lookup IS NOT NULL")  # no page ever made one
    op.add_column("subscription", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_lookup"))
        batch_op.drop_constraint(batch_op.f("uq_subscription_mark"), type_="unique")
        batch_op.create_index("ix_subscription_mark", ["mark"], unique=False)
        batch_op.create_index("uq_subscription_receipt_mark", ["receipt_id", "mark"], unique=True)
        batch_op.create_index(
            "uq_subscription_staff_mark", ["mark"], unique=True, sqlite_where=STAFF, postgresql_where=STAFF
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_subscription_receipt_id_receipt"), "receipt", ["receipt_id"], ["id"], ondelete="CASCADE"
        )  # fmt: skip
        batch_op.create_check_constraint(batch_op.f("ck_subscription_whose"), WHOSE)
        batch_op.drop_column("lookup")


def downgrade() -> None:
    op.execute("DELETE FROM subscription WHERE receipt_id IS NOT NULL")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lookup", sa.LargeBinary(length=32), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_subscription_whose"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_subscription_receipt_id_receipt"), type_="foreignkey")
        batch_op.drop_index("uq_subscription_staff_mark")
        batch_op.drop_index("uq_subscription_receipt_mark")
        batch_op.drop_index("ix_subscription_mark")
        batch_op.create_unique_constraint(batch_op.f("uq_subscription_mark"), ["mark"])
        batch_op.create_index(batch_op.f("ix_subscription_lookup"), ["lookup"], unique=False)
        batch_op.drop_column("receipt_id")

    op.add_column("alert", sa.Column("lookup", sa.LargeBinary(length=32), nullable=True))
    op.execute("UPDATE alert SET lookup = (SELECT lookup FROM receipt WHERE receipt.id = alert.receipt_id)")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_alert_receipt_id_receipt"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_alert_receipt_id"))
        batch_op.drop_column("receipt_id")
