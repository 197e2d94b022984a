"""The frame itself: gates, transactions, errors."""

from tests.support.clients import Api


def test_a_missing_json_address_is_a_problem_in_words(api: Api) -> None:
    answer = api.get("/api/v1/nothing-here", status=404)
    assert answer["code"] == "not_found"
    assert answer["status"] == 404
