"""The office's first room."""

from flask import Blueprint

bp = Blueprint("triage", __name__, url_prefix="/kantor/laporan")
