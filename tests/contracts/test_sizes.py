"""No module above 350 lines, no function above 50."""

from __future__ import annotations

from tests.contracts.sources import Module, functions, parse, portal_modules

MODULE_MAX = 350
FUNCTION_MAX = 50
EXCEPTIONS: dict[str, str] = {}


def offences(modules: list[Module]) -> list[str]:
    wrong = []
    for module in modules:
        if module.lines > MODULE_MAX and module.name not in EXCEPTIONS:
            wrong.append(f"{module.name} has {module.lines} lines")
        for function in functions(module):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_MAX and f"{module.name}.{function.name}" not in EXCEPTIONS:
                wrong.append(f"{module.name}.{function.name} has {lines} lines")
    return wrong


def test_modules_and_functions_stay_small() -> None:
    assert offences(portal_modules()) == []
    assert len(EXCEPTIONS) <= 10


def test_a_long_function_is_found() -> None:
    bad = parse("portal.x.y", "def long():\n" + "    a = 1\n" * 51)
    assert offences([bad]) == ["portal.x.y.long has 52 lines"]


def test_a_long_module_is_found() -> None:
    assert offences([parse("portal.x.y", "a = 1\n" * 351)]) == ["portal.x.y has 351 lines"]
