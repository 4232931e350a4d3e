"""What the office's own terms are called on its screens: levels, states, clocks, reasons, questions."""

from pwa import trips
from pwa.checkpoints import Kind as Sign
from pwa.clocks import Name
from pwa.contact import Refusal
from pwa.handling import CloseReason
from pwa.i18n import Lazy
from pwa.i18n import lazy_gettext as _l
from pwa.ladder import Cause
from pwa.levels import Level
from pwa.outreach import Agreement
from pwa.outreach import Stage as Planned
from pwa.reports import State
from pwa.tasks import Kind as Task
from pwa.visits import State as Stage

LEVELS = {
    Level.DARURAT: _l("Emergency"),
    Level.TINGGI: _l("High"),
    Level.SEDANG: _l("Medium"),
    Level.RENDAH: _l("Low"),
}

SHAPES = {Level.DARURAT: "■", Level.TINGGI: "▲", Level.SEDANG: "●", Level.RENDAH: "○"}

STATES = {
    State.RECEIVED: _l("New"),
    State.TRIAGED: _l("Triaged"),
    State.WAITING: _l("Waiting for her"),
    State.HANDED_OVER: _l("Handed over"),
    State.MERGED: _l("Merged"),
    State.CLOSED: _l("Closed"),
    State.SPAM: _l("Spam"),
    State.REOPENED: _l("Open again"),
}

CLOCKS = {
    Name.TRIAGE: _l("Triage"),
    Name.FIRST_CONTACT: _l("First contact"),
    Name.NEXT: _l("Look again"),
    Name.HEALTH_72: _l("Health care, 72 hours"),
    Name.HEALTH_120: _l("Health care, 120 hours"),
    Name.POLICE: _l("Police, 3 × 24 hours"),
}

REFUSALS = {
    Refusal.NEVER: _l("Do not contact. This person will come back."),
    Refusal.HERE_ONLY: _l("Only in the app: put your answer behind the number."),
    Refusal.UNKNOWN_TO_HER: _l("This person does not know about the report. Do not contact."),
    Refusal.NO_NUMBER: _l("No phone number was left."),
    Refusal.OUTSIDE_WINDOW: _l("Not in the safe hours now."),
    Refusal.WRITTEN_LONG_AGO: _l(
        "Written long before it arrived. See first whether the safe hours still hold."
    ),
}

CLOSE_REASONS = {
    CloseReason.NOT_OURS: _l("Not violence against women or children"),
    CloseReason.WRONG_NUMBER: _l("Told to the wrong place"),
    CloseReason.HER_WISH: _l("As the person wishes"),
    CloseReason.NOT_REACHED: _l("Not reached after three tries"),
}

VISIT_STATES = {
    Stage.ASKED: _l("Asked for"),
    Stage.OFFERED: _l("Time offered"),
    Stage.CONFIRMED: _l("Confirmed"),
    Stage.DEPARTED: _l("On the way"),
    Stage.ARRIVED: _l("Arrived"),
    Stage.UNDER_WAY: _l("Under way"),
    Stage.FINISHED: _l("Finished"),
    Stage.COUNSELLOR_SAFE: _l("Everybody home"),
    Stage.DECLINED: _l("Other help offered"),
    Stage.LAPSED: _l("Not answered in time"),
    Stage.CANCELLED_BY_HER: _l("Cancelled by the person"),
    Stage.CANCELLED_BY_OFFICE: _l("Cancelled by the office"),
    Stage.NOT_MET: _l("Not met yet"),
    Stage.STOPPED_UNSAFE: _l("Stopped, not safe"),
    Stage.COUNSELLOR_EMERGENCY: _l("Counsellor in danger"),
}

TASKS = {
    Task.SAFE_CONTACT: _l("Reach this person in the safe way today"),
    Task.REACH_AGAIN: _l("Nobody answered: reach this person again in the safe way"),
}

PLACE_RISKS: dict[str, Lazy] = {
    "returns": _l("The one who did it lives there or could come within 2 hours"),
    "weapons": _l("A weapon or a fierce dog"),
    "reachable": _l("A car gets there and there is a signal"),
    "unnoticed_risk": _l("Dangerous if somebody notices"),
    "two": _l("Two people should go"),
    "plain": _l("Plain clothes and a story are agreed"),
}

QUESTIONS: dict[str, Lazy] = {
    "worse": _l("More often or worse in the last 6 months?"),
    "weapon": _l("A weapon used or threatened with?"),
    "kill": _l("Does the person believe they may be killed?"),
    "choked": _l("Choked or strangled?"),
    "controls": _l("Constant jealousy, following or watching?"),
    "pregnant_or_child": _l("Pregnant, or a child?"),
    "near": _l("Does the reported one live there or come easily?"),
    "threats": _l("Threats to children, or words of suicide?"),
}

TRIPS = {
    trips.State.PLANNED: _l("Not left yet"),
    trips.State.DEPARTED: _l("On the way there"),
    trips.State.ARRIVED: _l("Arrived"),
    trips.State.UNDER_WAY: _l("Under way"),
    trips.State.FINISHED: _l("On the way home"),
    trips.State.NOT_MET: _l("Not met yet"),
    trips.State.STOPPED: _l("Broken off, not safe"),
    trips.State.SAFE: _l("Home safely"),
    trips.State.DROPPED: _l("Called off"),
}

SIGNS = {
    Sign.DEPARTED: _l("I leave now"),
    Sign.ARRIVED: _l("I am there"),
    Sign.UNDER_WAY: _l("We begin"),
    Sign.EXTEND: _l("It takes longer"),
    Sign.FINISHED: _l("We are done"),
    Sign.NOT_MET: _l("Not met yet"),
    Sign.STOPPED: _l("Broken off, not safe"),
    Sign.HOME: _l("I am safely home"),
}

OUTREACH = {
    Planned.PLANNED: _l("Planned"),
    Planned.REACHED: _l("Reached"),
    Planned.NOT_REACHED: _l("Not reached"),
    Planned.DONE: _l("Ended"),
}

AGREEMENTS = {
    Agreement.IN_PERSON: _l("Face to face"),
    Agreement.BY_PHONE: _l("By phone"),
    Agreement.IN_THE_APP: _l("Written in the app"),
}

CAUSES = {
    Cause.DANGER: _l("Danger now"),
    Cause.TRIAGE: _l("Triage"),
    Cause.FIRST_CONTACT: _l("First contact"),
}


def closing(reason: str | None) -> tuple[Lazy | None, str]:
    """Why it was closed, where that is what happened, and what was written beside it."""
    why, found, said = (reason or "").partition(": ")
    if found and why in list(CloseReason):
        return CLOSE_REASONS[CloseReason(why)], said
    return None, reason or ""
