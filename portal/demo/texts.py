"""Texts of demo profiles, in English and Russian."""

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


def random_biography(rng: Random, *, is_russian: bool, is_woman: bool) -> str | None:
    """Return a short biography in Russian or English, or ``None`` for nearly half of the people."""
    english, his, hers = rng.choice(BIOGRAPHIES)
    thing, thing_ru = rng.choice(THINGS)
    if rng.random() > 0.55:
        return None
    return (hers if is_woman else his).format(thing=thing_ru) if is_russian else english.format(thing=thing)


def random_work(rng: Random, *, is_russian: bool) -> str | None:
    """Return a position in Russian or English, mostly with an invented employer, or ``None`` in three of ten cases."""
    english, role = rng.choice(ROLES)
    place = rng.choice(PLACES)
    chance = rng.random()
    if chance > 0.7:
        return None
    if chance > 0.6:
        return role if is_russian else english
    return f"{role}, {place}" if is_russian else f"{english} at {place}"
