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

# What the audit notes; the stored word on the left never changes.
ACTIONS = {
    "address-opened": _l("Address opened"),
    "alarm-cleared": _l("Alarm ended"),
    "appointment-cancelled": _l("Cancelled by the office"),
    "appointment-declined": _l("Other help offered"),
    "appointment-offered": _l("Time offered"),
    "contact-noted": _l("Reached in the safe way"),
    "move-accepted": _l("New time agreed"),
    "move-proposed": _l("Another time proposed"),
    "move-refused": _l("New time refused"),
    "move-withdrawn": _l("Proposal taken back"),
    "risk-looked-at": _l("Risk looked at again"),
    "series-ended": _l("No further visit"),
    "series-went-on": _l("Another visit planned"),
    "visit-opened": _l("Visit opened"),
    "visit-refused": _l("Visit refused to somebody"),
    "visit-taken-up": _l("Visit taken"),
    "answered": _l("Answered"),
    "called-spam": _l("Called spam"),
    "closed": _l("Closed"),
    "contact-shown": _l("Contact shown"),
    "contact-refused": _l("Contact refused"),
    "device-enrolled": _l("Device enrolled"),
    "device-forgotten": _l("Device given up"),
    "device-lost": _l("Device lost"),
    "device-wiped": _l("Lost device emptied"),
    "disabled": _l("May no longer sign in"),
    "downloaded": _l("Downloaded"),
    "enabled": _l("May sign in again"),
    "filed-at-desk": _l("Written at the desk"),
    "handed-over": _l("Handed over"),
    "holiday-added": _l("Holiday added"),
    "holiday-dropped": _l("Holiday removed"),
    "invitation-refused": _l("Invitation refused"),
    "invitation-withdrawn": _l("Invitation withdrawn"),
    "invited": _l("Invited"),
    "joined": _l("Joined"),
    "kader-moved": _l("Kader moved"),
    "lesson-passed": _l("Lesson passed"),
    "merged": _l("Merged"),
    "nobody-may-open": _l("Nobody may open it"),
    "not-spam": _l("Not spam after all"),
    "number-ended": _l("Number ended"),
    "opened": _l("Opened"),
    "outcome-written": _l("End of a visit written"),
    "passkey-cloned": _l("Passkey used twice: perhaps copied"),
    "passkey-enrolled": _l("Passkey made"),
    "passkey-removed": _l("Passkey removed"),
    "outreach-ended": _l("Planned contact ended"),
    "outreach-planned": _l("Contact planned"),
    "password-changed": _l("Password changed"),
    "plan-changed": _l("Working hours changed"),
    "profile-changed": _l("Languages or partner changed"),
    "promised": _l("Confidentiality promised"),
    "purged": _l("Deleted for good"),
    "reached-again": _l("Reached again"),
    "report-refused": _l("Report refused to somebody"),
    "resource-added": _l("Vehicle or room added"),
    "resource-brought-back": _l("Vehicle or room used again"),
    "resource-renamed": _l("Vehicle or room renamed"),
    "resource-retired": _l("Vehicle or room no longer used"),
    "ring-taken": _l("Took it"),
    "role-changed": _l("Role changed"),
    "shift-ended": _l("Shift ended"),
    "shift-planned": _l("Shift planned"),
    "shift-removed": _l("Shift removed"),
    "shift-started": _l("Shift started"),
    "sign-in-failed": _l("Sign-in failed"),
    "sign-given": _l("Sign given on the way"),
    "signed-in": _l("Signed in"),
    "signed-out": _l("Signed out"),
    "signed-out-everywhere": _l("Signed out everywhere"),
    "spam-confirmed": _l("Spam confirmed"),
    "taken-up": _l("Taken up"),
    "rechecked": _l("Safe hours looked at again"),
    "tried": _l("Tried to reach"),
    "unlock-failed": _l("PIN did not match"),
    "unlocked": _l("Unlocked"),
    "waits": _l("Waits"),
    "word-chosen": _l("Word for the worst case chosen"),
    "weighed": _l("Weighed"),
}

OBJECTS = {
    "account": _l("Account"),
    "device": _l("Device"),
    "holiday": _l("Holiday"),
    "passkey": _l("Passkey"),
    "invitation": _l("Invitation"),
    "resource": _l("Vehicle or room"),
    "report": _l("Report"),
    "visit": _l("Visit"),
    "outreach": _l("Planned contact"),
    "photo": _l("Photo"),
    "ring": _l("Call"),
    "shift": _l("Shift"),
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
