"""Fixtures of the tests of the map."""

from tests.support.residents import berlin, innopolis, kazan, mine, settle

__all__ = ["berlin", "innopolis", "kazan", "mine", "settle"]
