"""The pages anybody may see: nothing here stores anything or sets a cookie by itself."""

from flask import Blueprint, request

from pwa import wilayah
from pwa.htmx import page

bp = Blueprint("home", __name__)


@bp.get("/")
def home():
    return page("home/home.html")


@bp.get("/kontak")
def contacts():
    return page("home/contacts.html")


@bp.get("/kota")
def city():
    return page("home/city.html", places=wilayah.places_of_the_city())


@bp.get("/coba")
def rehearsal():
    """Writes nothing and has nothing to wipe; with a cookie already there, its exit is a real one."""
    return page("home/rehearsal.html", is_only_a_trial=not request.cookies)


@bp.get("/tentang-data")
def about_data():
    return page("home/about_data.html")
