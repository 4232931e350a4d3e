"""Imports every module that maps a table, so that whoever imports this one sees the whole schema."""

from pwa import (  # noqa: F401
    accounts,
    answers,
    audit,
    conflicts,
    handling,
    invitations,
    limits,
    logins,
    photos,
    push,
    receipts,
    reports,
    site,
    stash,
    values,
    wilayah,
)
