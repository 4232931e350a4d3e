"""What the office's own terms are called on its screens: levels, states, clocks, reasons, questions."""

from pwa.clocks import Name
from pwa.contact import Refusal
from pwa.handling import CloseReason
from pwa.i18n import Lazy
from pwa.i18n import lazy_gettext as _l
from pwa.levels import Level
from pwa.reports import State

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
}

CLOSE_REASONS = {
    CloseReason.NOT_OURS: _l("Not violence against women or children"),
    CloseReason.WRONG_NUMBER: _l("Told to the wrong place"),
    CloseReason.HER_WISH: _l("As the person wishes"),
    CloseReason.NOT_REACHED: _l("Not reached after three tries"),
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

# What the audit notes; the stored word on the left never changes.
ACTIONS = {
    "answered": _l("Answered"),
    "called-spam": _l("Called spam"),
    "closed": _l("Closed"),
    "contact-shown": _l("Contact shown"),
    "contact-refused": _l("Contact refused"),
    "disabled": _l("May no longer sign in"),
    "downloaded": _l("Downloaded"),
    "enabled": _l("May sign in again"),
    "filed-at-desk": _l("Written at the desk"),
    "handed-over": _l("Handed over"),
    "holiday-added": _l("Holiday added"),
    "holiday-dropped": _l("Holiday removed"),
    "invitation-withdrawn": _l("Invitation withdrawn"),
    "invited": _l("Invited"),
    "joined": _l("Joined"),
    "merged": _l("Merged"),
    "nobody-may-open": _l("Nobody may open it"),
    "not-spam": _l("Not spam after all"),
    "number-ended": _l("Number ended"),
    "opened": _l("Opened"),
    "password-changed": _l("Password changed"),
    "plan-changed": _l("Working hours changed"),
    "profile-changed": _l("Languages or partner changed"),
    "purged": _l("Deleted for good"),
    "report-refused": _l("Report refused to somebody"),
    "resource-added": _l("Vehicle or room added"),
    "resource-brought-back": _l("Vehicle or room used again"),
    "resource-renamed": _l("Vehicle or room renamed"),
    "resource-retired": _l("Vehicle or room no longer used"),
    "role-changed": _l("Role changed"),
    "sign-in-failed": _l("Sign-in failed"),
    "signed-in": _l("Signed in"),
    "signed-out": _l("Signed out"),
    "signed-out-everywhere": _l("Signed out everywhere"),
    "spam-confirmed": _l("Spam confirmed"),
    "taken-up": _l("Taken up"),
    "tried": _l("Tried to reach"),
    "waits": _l("Waits"),
    "weighed": _l("Weighed"),
}

OBJECTS = {
    "account": _l("Account"),
    "holiday": _l("Holiday"),
    "invitation": _l("Invitation"),
    "resource": _l("Vehicle or room"),
    "report": _l("Report"),
    "photo": _l("Photo"),
}


def closing(reason: str | None) -> tuple[Lazy | None, str]:
    """Why it was closed, where that is what happened, and what was written beside it."""
    why, found, said = (reason or "").partition(": ")
    if found and why in list(CloseReason):
        return CLOSE_REASONS[CloseReason(why)], said
    return None, reason or ""
