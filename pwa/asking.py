"""A request as the house reads it: nothing of it is written to the disk, and every field has a name."""

from io import BytesIO
from uuid import UUID, uuid4

from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import ImmutableMultiDict


class Named(ImmutableMultiDict):
    """Drops the parts of a broken form that have no name, which several tools fall over."""

    def __init__(self, fields=()) -> None:
        if not hasattr(fields, "items"):
            fields = [(name, value) for name, value in fields if name is not None]
        super().__init__(fields)


class Request(HtmxAwareRequest):
    parameter_storage_class = Named

    def form_id(self) -> UUID:
        """The id that was born with the page, so that a second tap is no second letter; a new one where there is none."""
        try:
            return UUID(self.form.get("id", ""))
        except ValueError:
            return uuid4()

    def _get_file_stream(self, *args: object, **options: object) -> BytesIO:
        """Werkzeug would put a large file into a temporary one, in plain."""
        return BytesIO()
