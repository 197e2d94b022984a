"""What demo people say about themselves, in English and Russian."""

from __future__ import annotations

from random import Random

PROGRAMMES = (
    "Computer Science, BSc",
    "Software Engineering, MSc",
    "Data Science, BSc",
    "Robotics and Computer Vision, MSc",
    "Cybersecurity, BSc",
    "Data Science and AI, MSc",
    "Security and Network Engineering, MSc",
    "Mathematical Foundations of AI, BSc",
    "Technological Entrepreneurship, MSc",
)
ROLES = (
    ("Backend engineer", "Бэкенд-разработчик"),
    ("Frontend engineer", "Фронтенд-разработчик"),
    ("Data scientist", "Специалист по данным"),
    ("Machine learning engineer", "ML-инженер"),
    ("Product manager", "Менеджер продукта"),
    ("Robotics engineer", "Инженер-робототехник"),
    ("Security analyst", "Аналитик безопасности"),
    ("Mobile developer", "Мобильный разработчик"),
    ("Site reliability engineer", "SRE-инженер"),
    ("Team lead", "Руководитель команды"),
    ("QA engineer", "Инженер по тестированию"),
    ("Game developer", "Разработчик игр"),
    ("Founder", "Основатель"),
    ("PhD student", "Аспирант"),
    ("Lecturer", "Преподаватель"),
    ("Designer", "Дизайнер"),
    ("Data engineer", "Дата-инженер"),
    ("System analyst", "Системный аналитик"),
)
PLACES = (
    "Northern Pine",
    "Volga Systems",
    "Kite & Compass",
    "Blue Heron Labs",
    "Meridian Cloud",
    "Twelve Bridges",
    "Polar Fox Robotics",
    "Copper Leaf",
    "Steppe Analytics",
    "Lantern Bank",
    "Paper Crane",
    "Amber Signal",
    "Old Harbour Games",
    "Juniper Health",
    "Granite Security",
    "Sunday Maps",
    "Open Orchard",
    "Quiet Engines",
)
BIOGRAPHIES = (
    (
        "I came for robotics and stayed for the people. These days it is {thing} and slow half-marathons.",
        "Приехал за робототехникой, остался ради людей. Сейчас в жизни {thing} и неспешные полумарафоны.",
        "Приехала за робототехникой, осталась ради людей. Сейчас в жизни {thing} и неспешные полумарафоны.",
    ),
    (
        "Working on {thing}. Happy to show newcomers around the city and to talk about moving here.",
        "Занимаюсь: {thing}. С радостью покажу город и расскажу о переезде.",
        "Занимаюсь: {thing}. С радостью покажу город и расскажу о переезде.",
    ),
    (
        "Board games on Thursdays, {thing} the rest of the week. Write to me if you are passing through.",
        "По четвергам настольные игры, в остальное время {thing}. Пишите, если будете проездом.",
        "По четвергам настольные игры, в остальное время {thing}. Пишите, если будете проездом.",
    ),
    (
        "Once captain of the university hiking club. I like {thing}, sourdough and long train rides.",
        "Когда-то капитан походного клуба. Люблю {thing}, хлеб на закваске и долгие поезда.",
        "Когда-то капитан походного клуба. Люблю {thing}, хлеб на закваске и долгие поезда.",
    ),
    (
        "I mentor two students a year. Ask me about {thing} or about your first job interview.",
        "Каждый год веду двух студентов. Спрашивайте про {thing} и первое собеседование.",
        "Каждый год веду двух студентов. Спрашивайте про {thing} и первое собеседование.",
    ),
    (
        "Looking for people to start something around {thing}. Coffee is on me.",
        "Ищу единомышленников: {thing}. Кофе с меня.",
        "Ищу единомышленников: {thing}. Кофе с меня.",
    ),
)
THINGS = (
    ("compilers", "компиляторы"),
    ("maps that work offline", "карты без интернета"),
    ("drones for forestry", "дроны для леса"),
    ("speech recognition", "распознавание речи"),
    ("payment systems", "платёжные системы"),
    ("recommendation systems", "рекомендательные системы"),
    ("open-source databases", "открытые базы данных"),
    ("medical imaging", "медицинские снимки"),
    ("small robots", "маленькие роботы"),
    ("teaching maths", "преподавание математики"),
    ("distributed systems", "распределённые системы"),
    ("educational games", "обучающие игры"),
)


def draw_biography(dice: Random, *, russian: bool, is_woman: bool) -> str | None:
    """A few words, which half of the people have written."""
    english, his, hers = dice.choice(BIOGRAPHIES)
    thing, thing_ru = dice.choice(THINGS)
    if dice.random() > 0.55:
        return None
    return (hers if is_woman else his).format(thing=thing_ru) if russian else english.format(thing=thing)


def draw_work(dice: Random, *, russian: bool) -> str | None:
    """A position, mostly with an employer that does not exist."""
    english, role = dice.choice(ROLES)
    place = dice.choice(PLACES)
    luck = dice.random()
    if luck > 0.7:
        return None
    if luck > 0.6:
        return role if russian else english
    return f"{role}, {place}" if russian else f"{english} at {place}"
