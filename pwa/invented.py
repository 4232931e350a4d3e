"""What invented people told and asked for, in the demo. Nobody in here exists, and no number belongs to anybody."""

from dataclasses import dataclass

from pwa.reports import Channel


@dataclass(frozen=True)
class Story:
    """What an invented person told, how many hours ago, and in which language."""

    told: dict[str, object]
    hours_ago: float
    language: str = "id"
    channel: Channel = Channel.APP


STORIES = (
    Story(
        {
            "danger": "yes",
            "safe": "no",
            "area": "36.73.02",
            "village": "Sawah Luhur",
            "story": "Ada orang mengetuk pintu dan mengancam. Saya di kamar.",
        },
        0.3,
    ),
    Story(
        {
            "danger": "no",
            "safe": "yes",
            "area": "36.73.01",
            "village": "Unyur",
            "story": "Saya dipukul di rumah. Sudah sering.",
            "who": "husband",
            "lives_with": "yes",
            "opens_phone": "yes",
            "way": "phone",
            "number": "0812 0000 0001",
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "hours": ["morning"],
            "stranger_answers": "wrong-number",
            "needs": ["listen", "law"],
            "age": 34,
            "sex": "female",
        },
        5,
    ),
    Story(
        {
            "variant": "child",
            "story": "Kula sieun di imah.",
            "age": 12,
            "with_whom": "nini",
            "trusted": "guru",
            "area": "36.73.04",
            "village": "Sukawana",
        },
        20,
        "ban",
    ),
    Story(
        {
            "variant": "proxy",
            "story": "Tetangga sering terdengar menangis malam hari.",
            "knows": "no",
            "source": "heard",
            "relation": "tetangga",
            "area": "36.73.05",
            "way": "whatsapp",
            "number": "0812 0000 0002",
            "her_way": "never",
        },
        30,
    ),
    Story(
        {
            "story": "Aya nu nyebarkeun poto kula di internét.",
            "place": "online",
            "who": "online",
            "way": "here",
            "area": "36.73.06",
        },
        50,
        "ban",
    ),
    Story(
        {
            "story": "Datang ke kantor, minta didampingi ke rumah sakit.",
            "needs": ["doctor"],
            "area": "36.73.03",
            "age": 27,
        },
        3,
        channel=Channel.DESK,
    ),
)


@dataclass(frozen=True)
class Wish:
    """A visit that an invented person asked for, under the number of the story at `place`."""

    told: dict[str, object]
    place: int


OFFERED, AGREED, WAITING = WISHES = (
    Wish(
        {
            "meeting": "neutral",
            "area": "36.73.01",
            "address": "Perpustakaan, meja dekat jendela",
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "hours": ["morning"],
            "unnoticed": "suami",
            "counsellor_sex": "woman",
        },
        1,
    ),
    Wish({"meeting": "neutral", "area": "36.73.02", "address": "Taman baca, bangku depan"}, 0),
    Wish({"meeting": "home", "area": "36.73.06", "address": "Gang Contoh 5", "tongue": "su"}, 4),
)
