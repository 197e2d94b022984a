"""Ideas for demo events: title, description, place in the city, length and cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventIdea:
    """The title, description, place and terms of an event, which many events of the demo data use.

    ``cost`` is in roubles for Russian ideas, else in a hard currency, and is converted to that of the city. ``hour``
    and ``minutes`` are the local start, ``duration`` is in hours. ``weekday`` (Monday is 0) is set where the event
    takes place on that day only.
    """

    title: str
    description: str
    place: str
    hour: int
    minutes: int = 0
    duration: float = 3
    cost: int = 0
    capacity: int | None = None
    is_online: bool = False
    weekday: int | None = None


ENGLISH = (
    EventIdea(
        "{city} alumni dinner",
        "One long table, shared plates and no speeches. Come with a story about your first year after graduation.\n\n"
        "Partners are welcome; tell us in advance so that everybody gets a chair.",
        "The corner table, Lantern Street 5",
        19,
        capacity=24,
        weekday=5,
    ),
    EventIdea(
        "Board games evening",
        "We bring the long ones and the silly ones. Beginners get a patient teacher and the better snacks.",
        "Paper Crane café, second floor",
        18,
        30,
        duration=4,
        capacity=16,
    ),
    EventIdea(
        "Morning run and breakfast",
        "Six easy kilometres, nobody is left behind, then breakfast together. Rain makes it shorter, not cancelled.",
        "The main gate of the city park",
        9,
        duration=2,
        weekday=6,
    ),
    EventIdea(
        "How we hire: an honest evening",
        "Three alumni who interview for a living explain what they look for, read CVs with you and answer everything.",
        "Copper Leaf coworking, hall B",
        18,
        duration=2.5,
        capacity=40,
    ),
    EventIdea(
        "Paper club: reading machine learning together",
        "We read one paper, slowly, with the mathematics. Bring a printout and one question you are not ashamed of.",
        "",
        18,
        duration=2,
        is_online=True,
    ),
    EventIdea(
        "{city} meetup: small talks, large pizza",
        "Four talks of ten minutes each, from keyboard firmware to city planning. Then pizza until it is gone.",
        "Blue Heron Labs, ground floor",
        18,
        30,
        capacity=60,
    ),
    EventIdea(
        "Hike above the city",
        "Fourteen kilometres, five hundred metres up, one lake. Good shoes, a sandwich and water are all you need.",
        "Meet at the regional railway station, platform 1",
        8,
        30,
        duration=8,
        capacity=20,
        weekday=5,
    ),
    EventIdea(
        "Moving abroad: questions and answers",
        "Visas, flats, taxes, schools. People who moved in the last two years say what they would do differently.",
        "",
        19,
        duration=1.5,
        is_online=True,
    ),
    EventIdea(
        "Museum afternoon",
        "A guided tour of the new exhibition, then tea. The ticket price is what the museum takes from groups.",
        "City museum, main entrance",
        14,
        duration=2.5,
        cost=12,
        capacity=15,
        weekday=6,
    ),
    EventIdea(
        "Robotics open workshop",
        "Bring a broken robot or borrow one of ours. Soldering irons, spare motors and two mentors are there.",
        "Polar Fox Robotics, workshop 3",
        17,
        duration=4,
        capacity=12,
    ),
)
RUSSIAN = (
    EventIdea(
        "Встреча выпускников: {city}",
        "Собираемся без повода: познакомиться, вспомнить кампус и узнать, кто чем живёт.\n\n"
        "Можно прийти одному: за столом всегда найдётся компания.",
        "Кафе «Чердак», ул. Садовая, 12",
        19,
        capacity=40,
    ),
    EventIdea(
        "Вечер настольных игр",
        "Приносим свои игры и учим новичков. Чай и печенье есть, хорошее настроение берите с собой.",
        "Антикафе «Бумажный журавль»",
        18,
        30,
        duration=4,
        capacity=18,
    ),
    EventIdea(
        "Мастерская по олимпиадному программированию",
        "Разбираем задачи прошлых лет с теми, кто их придумывал. Подойдёт и тем, кто давно не решал.",
        "Кампус, аудитория 108",
        18,
        duration=2.5,
        capacity=30,
    ),
    EventIdea(
        "Пробежка и завтрак",
        "Шесть спокойных километров по набережной, потом завтрак. Бежим в темпе самого медленного.",
        "У входа в городской парк",
        9,
        duration=2,
        weekday=6,
    ),
    EventIdea(
        "Как мы переехали: честный разговор",
        "Три семьи рассказывают, что получилось, что нет и сколько это стоило. Вопросы можно присылать заранее.",
        "",
        19,
        duration=1.5,
        is_online=True,
    ),
    EventIdea(
        "Карьерная пятница",
        "Смотрим резюме, проводим пробные собеседования, советуем по-дружески. Записаться можно прямо на месте.",
        "Коворкинг «Точка», второй этаж",
        18,
        duration=3,
        capacity=25,
        weekday=4,
    ),
    EventIdea(
        "Лыжная прогулка",
        "Двадцать километров в спокойном темпе с горячим чаем на середине. Лыжи можно взять на базе.",
        "Лыжная база, пункт проката",
        10,
        duration=4,
        cost=500,
        capacity=20,
        weekday=5,
    ),
    EventIdea(
        "Открытая лекция: что умеют роботы",
        "Рассказываем без формул, показываем настоящих роботов и разрешаем ими управлять. Можно с детьми.",
        "Технопарк, большой зал",
        17,
        duration=2,
        capacity=80,
        weekday=6,
    ),
    EventIdea(
        "Квартирник: гитара и клавиши",
        "Поём то, что пели в общежитии. Инструменты есть, слова распечатаем.",
        "Мастерская на Лесной, 3",
        19,
        30,
        duration=3.5,
        cost=300,
        capacity=22,
    ),
    EventIdea(
        "Книжный клуб: читаем вместе",
        "Обсуждаем одну книгу за вечер. Дочитать не обязательно, спорить разрешается.",
        "Библиотека, читальный зал",
        18,
        30,
        duration=2,
    ),
)
