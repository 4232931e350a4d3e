"""Her visits as whoever holds the number sees them: where each stands, and which closed answer tells the time.

Asks only for columns that the public part may read: no time, no place, no name is among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from pwa import clock, db
from pwa.moves import Move, Stand
from pwa.receipts import Receipt
from pwa.replies import Outcome, Reply
from pwa.visits import State, Visit


@dataclass(frozen=True)
class Seen:
    """`proposed_id` is the answer with another time that waits for her; `hers_waits` when she proposed it herself."""

    id: UUID
    state: State
    answer_id: UUID | None
    lapses_at: datetime | None
    move_id: UUID | None
    proposed_id: UUID | None
    said_id: UUID | None
    became: Outcome | None

    @property
    def waits_for_her(self) -> bool:
        return self.state is State.OFFERED and self.lapses_at is not None and self.lapses_at > clock.now()

    @property
    def hers_waits(self) -> bool:
        return self.move_id is not None and self.proposed_id is None

    @property
    def shown_ids(self) -> set[UUID]:
        """The closed answers that stand beside this visit."""
        current = {self.answer_id} if self.waits_for_her or self.state is State.CONFIRMED else set()
        return (current | {self.proposed_id}) - {None}


def of(receipt: Receipt) -> Sequence[Seen]:
    """Newest first, in one question to the database."""
    newest = (
        select(Reply.id).where(Reply.receipt_id == receipt.id).order_by(Reply.received_at.desc()).limit(1)
    )
    query = (
        select(
            Visit.id,
            Visit.state,
            Visit.answer_id,
            Visit.lapses_at,
            Move.id,
            Move.answer_id,
            Reply.id,
            Reply.outcome,
        )
        .outerjoin(
            Move, and_(Move.visit_id == Visit.id, Move.stand == Stand.WAITING, Move.lapses_at > clock.now())
        )
        .outerjoin(Reply, Reply.id == newest.scalar_subquery())
        .where(Visit.receipt_id == receipt.id)
        .order_by(Visit.received_at.desc())
    )
    return [Seen(*row) for row in db.session.execute(query)]
