"""A confirmed visit somewhere else becomes a trip that is watched over, and every sign on the way moves the visit."""

from uuid import UUID

from sqlalchemy import or_, select

from pwa import accounts, counsellors, db, trips, visits
from pwa.safety import Times
from pwa.trips import Trip
from pwa.visits import ON_THE_ROAD, Visit

_AFTER = {
    trips.State.DEPARTED: visits.State.DEPARTED,
    trips.State.ARRIVED: visits.State.ARRIVED,
    trips.State.UNDER_WAY: visits.State.UNDER_WAY,
    trips.State.FINISHED: visits.State.FINISHED,
    trips.State.NOT_MET: visits.State.NOT_MET,
    trips.State.STOPPED: visits.State.STOPPED_UNSAFE,
    trips.State.SAFE: visits.State.COUNSELLOR_SAFE,
}
_MOVABLE = (visits.State.CONFIRMED, *ON_THE_ROAD)


def keep_up(times: Times) -> None:
    """Every confirmed visit to which somebody travels has a trip at its time; one that is off has none.

    The caller commits.
    """
    db.session.flush()
    query = select(Visit, Trip).outerjoin(Trip, Trip.visit_id == Visit.id)
    planned = or_(Visit.state == visits.State.CONFIRMED, Trip.state == trips.State.PLANNED)
    for visit, trip in db.session.execute(query.where(planned)).all():
        if visit.state is visits.State.CONFIRMED and visit.travel:
            if trip is None or _differs(trip, visit):
                _plan(visit, times)
        elif trip is not None:
            trips.drop(visit.id)


def follow(trip: Trip) -> None:
    """The visit stands where the trip stands. An alarm is the trip's alone: her own pages show the visit."""
    after = _AFTER.get(trip.state)
    visit = db.session.get(Visit, trip.visit_id, with_for_update=True)
    if visit is None or after is None or visit.state is after or visit.state not in _MOVABLE:
        return
    visits.move(visit, after, by=accounts.find(trip.counsellor_id))


def _plan(visit: Visit, times: Times) -> None:
    buddy = _buddy(visit)
    trips.plan(
        visit.id, counsellor_id=visit.counsellor_id, buddy_id=buddy, start=visit.start_at, end=visit.end_at,
        grace=times.grace,
    )  # fmt: skip


def _buddy(visit: Visit) -> UUID | None:
    """Whoever goes along, else the one she named; never herself."""
    chosen = visit.partner_id or counsellors.profile(visit.counsellor_id).partner_id
    return chosen if chosen != visit.counsellor_id else None


def _differs(trip: Trip, visit: Visit) -> bool:
    now = (trip.counsellor_id, trip.start_at, trip.end_at, trip.state is trips.State.DROPPED)
    return now != (visit.counsellor_id, visit.start_at, visit.end_at, False)
