"""Which doors a role has. Loaded only when asked for: the public part starts without a line of the office's."""

from functools import cache

from flask import Blueprint

from pwa.settings import Role


def of(role: Role) -> tuple[Blueprint, ...]:
    residents = of_residents() if role.serves_residents else ()
    office = of_office() if role.serves_office else ()
    return (*_of_everybody(), *residents, *office)


def of_residents() -> tuple[Blueprint, ...]:
    from pwa.routes import appointment, files, home, letters, listening, news, pieces, renewal, report, visit

    return (
        home.bp, report.bp, visit.bp, letters.bp, news.bp, renewal.bp, listening.bp, appointment.bp, files.bp, pieces.bp,
    )  # fmt: skip


@cache
def names_of_residents() -> frozenset[str]:
    return frozenset(room.name for room in of_residents())


def of_office() -> tuple[Blueprint, ...]:
    from pwa.routes import (
        account,
        activity,
        admin,
        agenda,
        attachments,
        calendar,
        carrying,
        closing,
        counsellor,
        desk,
        devices,
        errands,
        freetimes,
        health,
        holidays,
        kader,
        kaders,
        lock,
        moving,
        neighbour,
        oncall,
        outreach,
        phones,
        planning,
        plans,
        reach,
        replying,
        resources,
        ringing,
        roster,
        triage,
        trips,
        visits,
        watch,
        weighing,
    )

    return (
        account.bp, lock.bp, devices.bp, triage.bp, weighing.bp, replying.bp, closing.bp, reach.bp, outreach.bp,
        attachments.bp, desk.bp, counsellor.bp, kader.bp, neighbour.bp, carrying.bp, kaders.bp, errands.bp, phones.bp,
        admin.bp, agenda.bp,
        plans.own, plans.bp, calendar.bp, resources.bp, holidays.bp,
        visits.office, visits.counsellor, freetimes.office, freetimes.counsellor,
        planning.office, planning.counsellor, moving.office, moving.counsellor,
        trips.bp, watch.bp, activity.bp, oncall.bp, roster.bp, ringing.bp, health.bp,
    )  # fmt: skip


def _of_everybody() -> tuple[Blueprint, ...]:
    from pwa.routes import language, leaving, offline, push, system

    return (system.bp, offline.bp, language.bp, leaving.bp, push.bp)
