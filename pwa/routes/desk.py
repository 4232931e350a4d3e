"""A report written at the desk."""

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/kantor/meja")
