"""Reading emails from spreadsheets in the forms that offices have."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from portal.accounts import emails
from portal.accounts.models import Account
from portal.admin.allow_list import sheets, spreadsheets, unusable
from portal.admin.allow_list.findings import FileContent, Reason
from portal.admin.allow_list.unusable import UnusableFile
from portal.application import PortalFlask
from portal.core.errors import Invalid
from tests.support.clients import Api
from tests.support.statements import counting

NAMES = "Почта;Имя\nanna@demo.example;Анна\nivan@demo.example;Иван\n"


def csv_emails(data: bytes) -> tuple[str, ...]:
    return spreadsheets.read("class.csv", data).emails


ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "cp1251",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "mac-cyrillic",
    "cp866",
    "koi8-r",
)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_is_read_in_every_encoding_of_offices(encoding: str) -> None:
    text = "Список выпускников\nПочта;Имя\nanna@demo.example;Анна\nнет;Пётр Ильич Чайковский\n"
    content = spreadsheets.read("class.csv", text.encode(encoding))
    assert content.emails == ("anna@demo.example",)
    assert left_out(content) == [
        ("heading", 1, "Список выпускников"),
        ("heading", 2, "Почта; Имя"),
        ("no_email", 4, "нет; Пётр Ильич Чайковский"),
    ]


def left_out(content: FileContent) -> list[tuple[str, int | None, str]]:
    return [(str(each.reason), each.place.row, each.text) for each in content.left_out]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("stated", [True, False])
def test_csv_is_read_with_common_delimiters(delimiter: str, stated: bool) -> None:
    text = (f"sep={delimiter}\n" if stated else "") + NAMES.replace(";", delimiter)
    assert csv_emails(text.encode()) == ("anna@demo.example", "ivan@demo.example")


def test_the_delimiter_of_the_emails_counts_and_not_the_most_frequent_one() -> None:
    assert csv_emails(b"Who;Mail\nSmith, Anna, Dr, PhD;anna@demo.example\n") == ("anna@demo.example",)


TABLES = {
    "heading": "Name,E-mail\nAnna,anna@demo.example\n",
    "other word": "Name,Mail\nAnna,anna@demo.example\n",
    "no heading": "Anna,anna@demo.example\n",
    "titles": "Graduates\n,,\nof 2020,\nName,Contact\nAnna,anna@demo.example\n",
    "postal address first": "Адрес проживания,Почтовый адрес,Почта\nКазань,Баумана 1,anna@demo.example\n",
    "brackets": "Anna,Anna Orlova <anna@demo.example>\n",
    "mailto": "Anna,mailto:Anna@demo.example?subject=Hi\n",
    "sentence": "Anna,write to: anna@demo.example.\n",
    "blanks": "Anna,\u00a0\u200banna@demo.example\ufeff \n",
    "numbers": "1,2,3,anna@demo.example\n4,5,6,\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_column_is_found_by_what_is_in_it(table: str) -> None:
    assert csv_emails(table.encode()) == ("anna@demo.example",)


@pytest.mark.parametrize("between", ["; ", ", ", " ", "/", " / ", "|", "\n"])
def test_two_emails_in_one_cell_are_both_taken(between: str) -> None:
    content = spreadsheets.read("class.xlsx", workbook([["Anna", f"anna@demo.example{between}a.orlova@uni.example"]]))
    assert content.emails == ("anna@demo.example", "a.orlova@uni.example")
    assert content.left_out == ()


@pytest.mark.parametrize(
    "table",
    [
        "Supervisor,Mail\nboss@demo.example,a@demo.example\nboss@demo.example,\nboss@demo.example,b@demo.example\n",
        "Supervisor,Mail\nboss@demo.example,a@demo.example\nlead@demo.example,b@demo.example\n",
        "Куратор;Эл. адрес\nboss@demo.example;a@demo.example\nlead@demo.example;b@demo.example\nc@uni.example;\n",
        "Контакт;Электронная почта\nboss@demo.example;a@demo.example\nlead@demo.example;b@demo.example\n",
    ],
)
def test_the_emails_of_supervisors_are_not_taken_for_those_of_graduates(table: str) -> None:
    assert csv_emails(table.encode()) == ("a@demo.example", "b@demo.example")


@pytest.mark.parametrize("stated", [",", ":", "\t", "|"])
def test_a_delimiter_that_is_stated_wrongly_is_not_believed(stated: str) -> None:
    rows = "Имя;Адрес;Почта\r\nАнна;Казань, Баумана 1;anna@demo.example\r\nИван;Москва;ivan@demo.example\r\n"
    assert csv_emails(f"sep={stated}\r\n{rows}".encode()) == (
        "anna@demo.example",
        "ivan@demo.example",
    )


@pytest.mark.parametrize("stated", [":", "^", "#"])
def test_an_unusual_delimiter_is_used_where_it_is_stated(stated: str) -> None:
    text = f"sep={stated}\n" + NAMES.replace(";", stated)
    assert csv_emails(text.encode()) == ("anna@demo.example", "ivan@demo.example")


@pytest.mark.parametrize(
    "text",
    [
        "a@demo.example, b@demo.example; c@demo.example",
        "Recipients\r\nAnna <a@demo.example>; Boris <b@demo.example>; c@demo.example;\r\n",
        "a@demo.example\tb@demo.example\tc@demo.example\n",
    ],
)
def test_a_list_in_one_line_is_taken_whole(text: str) -> None:
    content = spreadsheets.read("class.txt", text.encode())
    assert content.emails == ("a@demo.example", "b@demo.example", "c@demo.example")
    assert content.lost == []


@pytest.mark.parametrize("name", ["class.csv", "class.xlsx"])
def test_nothing_is_lost_in_columns_that_are_not_read(name: str) -> None:
    row = ["a@demo.example", *[""] * unusable.COLUMNS_MAX]
    wide = workbook([[*row, "b@demo.example"]]) if name == "class.xlsx" else ",".join([*row, "b@demo.example"]).encode()
    with pytest.raises(UnusableFile, match="file_too_wide"):
        spreadsheets.read(name, wide)
    row = [*row, "Kazan"]
    without_email = workbook([row]) if name == "class.xlsx" else ",".join(row).encode()
    assert spreadsheets.read(name, without_email).emails == ("a@demo.example",)


def test_emails_in_another_column_are_named_with_their_cell() -> None:
    table = b"Mail,Supervisor\na@demo.example,boss@demo.example\nb@demo.example,\n,c@demo.example\n"
    content = spreadsheets.read("class.csv", table)
    assert content.emails == ("a@demo.example", "b@demo.example")
    assert [(each.place.label, each.text) for each in content.lost] == [
        ("cell B2", "boss@demo.example"),
        ("cell B4", "c@demo.example"),
    ]


def test_an_email_that_is_repeated_in_another_column_is_not_lost() -> None:
    content = spreadsheets.read("class.csv", b"a@demo.example,a@demo.example\nb@demo.example,\n")
    assert content.left_out == ()


def test_repeated_emails_count_once_and_are_named() -> None:
    content = spreadsheets.read("class.csv", b"email\nAnna@Demo.Example\n\n  anna@demo.example \n")
    assert content.emails == ("anna@demo.example",)
    [_heading, repeated] = content.left_out
    assert (repeated.reason, repeated.place.row, repeated.first and repeated.first.row) == (Reason.REPEATED, 4, 2)
    assert content.lost == []


INVALID = ("anna@demo", "anna@@demo.example", "анна@demo.example", "a\0@demo.example", "c\u202e..d@demo.example")


@pytest.mark.parametrize("text", INVALID)
@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_mistyped_email_is_named_wherever_it_stands(row: int, text: str) -> None:
    lines = ["a@demo.example", "b@demo.example"]
    lines.insert(row - 1, text)
    [lost] = spreadsheets.read("class.csv", "\n".join(lines).encode()).lost
    assert (lost.reason, lost.place.row, lost.text.isprintable()) == (Reason.INVALID, row, True)


def test_rows_without_an_email_are_named() -> None:
    content = spreadsheets.read("class.csv", b"email\nanna@demo.example\nnot an address\n\nTotal: 1\n")
    assert left_out(content)[1:] == [("no_email", 3, "not an address"), ("no_email", 5, "Total: 1")]


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
    assert [each.text for each in spreadsheets.read("class.csv", b"a@demo.example\nb\0\n").lost] == ["b\ufffd"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_accepted(end: str) -> None:
    assert csv_emails(f"email{end}anna@demo.example{end}".encode()) == ("anna@demo.example",)


def workbook(*sheets: list[list[Any]], hidden: tuple[int, ...] = ()) -> bytes:
    book, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_numbers_and_empty_cells_in_it() -> None:
    data = workbook([["Год", "Адрес почты"], [2020, "anna@demo.example"], [2021, None], [None, None]])
    content = spreadsheets.read("КЛАСС.XLSX", data)
    assert content.emails == ("anna@demo.example",)
    assert left_out(content) == [("heading", 1, "Год; Адрес почты"), ("no_email", 3, "2021")]


@pytest.mark.parametrize("stated", ["A1", "A1:B3", "A1:B1048576", "C7:D9", None])
def test_the_size_that_a_sheet_states_is_not_believed(stated: str | None) -> None:
    written = workbook([["Name", "Mail"], *([f"N{number}", f"n{number}@demo.example"] for number in range(20))])
    element = f'<dimension ref="{stated}"/>' if stated else ""
    data = changed(
        written,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r"<dimension [^>]*/>|(?=<sheetData>)", element, xml, count=1),
    )
    assert len(spreadsheets.read("class.xlsx", data).emails) == 20


def changed(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return a zip archive with the text of one of its files changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.namelist():
            text = before.read(entry)
            after.writestr(entry, change(text.decode()) if entry == name else text)
    assert name in before.namelist()
    return file.getvalue()


def test_every_sheet_is_read_by_its_own_column() -> None:
    data = workbook([["a@demo.example"]], [["Name", "Mail"], ["B", "b@demo.example"]])
    content = spreadsheets.read("class.xlsx", data)
    assert content.emails == ("a@demo.example", "b@demo.example")
    assert [(sheet.name, sheet.column_label, sheet.emails) for sheet in content.sheets] == [
        ("Sheet 1", "A", 1),
        ("Sheet 2", "B", 1),
    ]


def test_sheets_that_give_nothing_are_named() -> None:
    data = workbook([["a@demo.example"]], [["Notes"], ["call b@demo"]], [["b@demo.example"]], [], hidden=(3,))
    content = spreadsheets.read("class.xlsx", data)
    assert content.emails == ("a@demo.example",)
    assert [(str(each.reason), each.place.label) for each in content.lost] == [
        ("empty_sheet", "“Sheet 2”"),
        ("invalid", "“Sheet 2”, cell A2"),
        ("hidden_sheet", "“Sheet 3”"),
    ]


@pytest.mark.parametrize("name", ["class.csv", "class.xlsx"])
def test_a_file_is_what_it_contains_and_not_what_its_name_says(name: str) -> None:
    assert spreadsheets.read(name, workbook([["a@demo.example"]])).emails == ("a@demo.example",)
    assert spreadsheets.read(name, b"b@demo.example").emails == ("b@demo.example",)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "UNPACKED_MAX", 1000)
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
    monkeypatch.setattr(unusable, "ROWS_MAX", 2)
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
