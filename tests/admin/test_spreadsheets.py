"""Reading emails from spreadsheets in the forms that offices have."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from portal.accounts import emails
from portal.accounts.models import Account
from portal.admin.allow_list import spreadsheets
from portal.admin.allow_list.spreadsheets import UnusableFile
from portal.application import PortalFlask
from portal.core.errors import Invalid
from tests.support.clients import Api
from tests.support.statements import counting

NAMES = "Почта;Имя\nanna@demo.example;Анна\nivan@demo.example;Иван\n"


def csv_emails(data: bytes) -> tuple[str, ...]:
    return spreadsheets.read("class.csv", data).emails


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_csv_is_read_in_common_encodings(encoding: str) -> None:
    assert csv_emails(NAMES.encode(encoding)) == ("anna@demo.example", "ivan@demo.example")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_with_common_delimiters(delimiter: str) -> None:
    text = NAMES.replace(";", delimiter)
    assert csv_emails(text.encode()) == ("anna@demo.example", "ivan@demo.example")


def test_the_column_is_found_by_its_heading() -> None:
    assert csv_emails(b"Name,E-mail\nAnna,anna@demo.example\n") == ("anna@demo.example",)


def test_without_a_heading_the_first_row_counts() -> None:
    assert csv_emails(b"anna@demo.example\nivan@demo.example\n") == ("anna@demo.example", "ivan@demo.example")


def test_emails_differing_in_case_count_once() -> None:
    assert csv_emails(b"email\nAnna@Demo.Example\n  anna@demo.example \n") == ("anna@demo.example",)


def test_rows_without_an_email_are_counted_with_examples() -> None:
    column = spreadsheets.read("class.csv", b"email\nanna@demo.example\nnot an address\n\n")
    assert (column.skipped, column.examples) == (1, ("not an address",))


@pytest.mark.parametrize("start", ["a", "a.b+c_d", "!#$", "x" * 65, ".a", "a.", "a..b", 'a"b', "a\0", "анна"])
@pytest.mark.parametrize(
    "end", ["demo.example", "d-e.example", "-d.example", "d-.example", "d_e.example", "demo", "demo.1", "пример.рф"]
)
def test_emails_are_accepted_as_at_registration(start: str, end: str) -> None:
    try:
        expected = emails.validate(f"{start}@{end}")
    except Invalid:
        expected = None
    assert spreadsheets.email_in(f"{start}@{end}") == expected


def test_examples_are_printable() -> None:
    assert spreadsheets.read("class.csv", b"a@demo.example\nb\0\n").examples == ("b\ufffd",)


def test_all_line_ends_are_accepted() -> None:
    assert csv_emails(b"email\r\nanna@demo.example\r\n") == ("anna@demo.example",)


def workbook(rows: list[list[Any]]) -> bytes:
    book, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_numbers_and_empty_cells_in_it() -> None:
    data = workbook([["Год", "Адрес почты"], [2020, "anna@demo.example"], [2021, None], [None, None]])
    assert spreadsheets.read("КЛАСС.XLSX", data).emails == ("anna@demo.example",)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "UNPACKED_MAX", 1000)
    with pytest.raises(UnusableFile, match="file_too_large"):
        spreadsheets.read("bomb.xlsx", workbook([["anna@demo.example"]]))


def test_a_zip_archive_without_a_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnusableFile, match="unreadable_file"):
        spreadsheets.read("class.xlsx", file.getvalue())


@pytest.mark.parametrize("name", ["class.csv", "class.xlsx"])
def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(spreadsheets, "ROWS_MAX", 2)
    rows = [["email"], ["a@demo.example"], ["b@demo.example"]]
    data = workbook(rows) if name.endswith("xlsx") else b"email\na@demo.example\nb@demo.example\n"
    with pytest.raises(UnusableFile) as refused:
        spreadsheets.read(name, data)
    assert "at most 2 rows" in refused.value.message


def test_a_long_list_is_stored_by_one_statement(app: PortalFlask, api: Api, adam: Account) -> None:
    office, listed = api.sign_in(adam), "\n".join(f"a{number}@demo.example" for number in range(10_000))
    with counting(app) as statements:
        office.post("/api/v1/admin/upload-allowed-emails", data={"file": (io.BytesIO(listed.encode()), "a.csv")})
    assert len([each for each in statements if "INSERT INTO allowed_addresses" in each]) == 1


RUBBISH = {"quote": b'"', "zeros": bytes(100), "bytes": bytes(range(256)) * 10, "endless": b'a\n"' + b"x" * 200_000}


@pytest.mark.parametrize("data", RUBBISH.values(), ids=RUBBISH)
def test_random_bytes_are_refused(data: Any) -> None:
    with pytest.raises(UnusableFile):
        spreadsheets.read("class.csv", data)
