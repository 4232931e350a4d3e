"""Free times for a visit: choose who goes and with what, see when all of them can, offer one of these times by one touch."""

from uuid import UUID

from flask import request
from sqlalchemy import select

from pwa import counsellors, db, freetimes, visitroom, words
from pwa.accounts import Account
from pwa.counsellors import Profile
from pwa.forms.visits import OfferForm
from pwa.htmx import page
from pwa.resources import Resource
from pwa.visits import WAITING

office, counsellor = visitroom.pair("freetimes")


@office.get("/<uuid:id>/luang")
@counsellor.get("/<uuid:id>/luang")
def show(id: UUID):
    visit = visitroom.load(id)
    everybody, profiles, things = db.together(select(Account), select(Profile), select(Resource))
    people = counsellors.among([each for each in everybody if each.is_genuine], profiles)
    form = OfferForm.asked(request.args, visit, people).offering(
        people, [each for each in things if each.is_active], wish=visit
    )
    may_offer = visit.state in WAITING and form.names_a_crew
    return page(
        "visits/free.html",
        visit=visit,
        here=visitroom.page_of(id),
        form=form,
        days=freetimes.find(visit, form.crew.everything, form.lasts) if may_offer else None,
        ahead=freetimes.DAYS_AHEAD,
        words=words,
    )
