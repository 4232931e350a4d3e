"""Bookings and trips belong to visits."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A booking of no visit, left by going back to before there were any, would keep somebody busy for nobody.
    op.execute("DELETE FROM booking WHERE visit_id NOT IN (SELECT id FROM visit)")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_booking_visit_id_visit"), "visit", ["visit_id"], ["id"])

    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outcome_visit_id_trip"), type_="foreignkey")
        batch_op.create_foreign_key(batch_op.f("fk_outcome_visit_id_visit"), "visit", ["visit_id"], ["id"])

    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_trip_visit_id_visit"), "visit", ["visit_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_trip_visit_id_visit"), type_="foreignkey")

    # Where nobody travelled, the older schema had no room for how it ended.
    op.execute("DELETE FROM outcome WHERE visit_id NOT IN (SELECT visit_id FROM trip)")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outcome_visit_id_visit"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_outcome_visit_id_trip"), "trip", ["visit_id"], ["visit_id"]
        )

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_booking_visit_id_visit"), type_="foreignkey")
