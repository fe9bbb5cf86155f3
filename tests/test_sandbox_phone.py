"""The phone in the browser, in a real headless Chromium: dial, answer, read, write, by keys and by
touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from dialogs.engine.session import Session
from dialogs.engine.turns import Reply
from locales.languages import LANGUAGES
from tests.browsers import browser
from tests.citizen import OFFERED, Citizen, service
from tests.counterpart import Say
from tests.line import opened
from tests.sandboxes import Running, running

__all__ = ["browser", "running"]
PHONE = "+923000000001"
URDU = "گیشے: سماجی تحفظ\n1 شکایت\n0 پیچھے"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Promises a page on which no script fails and nothing is refused by the content policy."""
    opened = browser.new_page(locale="en-GB")
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "console",
        lambda line: troubles.append(line.text) if "Content Security" in line.text else None,
    )
    yield opened
    opened.close()
    assert troubles == []


def menus(form: dict[str, str]) -> Say:
    """An English menu, an Urdu one after 2, the end after 9."""
    last = form["text"].rpartition("*")[2]
    screen = {"2": f"CON {URDU}", "9": "END <b>Bye</b>"}.get(
        last, "CON Guichet\n1 Complain\n2 Urdu"
    )
    return Say(screen.encode(), type="text/plain; charset=utf-8")


def send(running: Running, text: str) -> None:
    """An SMS to the handset."""
    form = {"username": "sandbox", "to": PHONE, "message": text, "from": "21234"}
    url = f"{running.url}/africastalking/version1/messaging"
    assert requests.post(url, form, headers={"apiKey": "fake"}, timeout=10).status_code == 201


def test_a_whole_session_by_keyboard(running: Running, page: Page) -> None:
    """Type the code, Enter, answer, and the last screen says goodbye in plain text."""
    running.heard.says = menus
    page.goto(f"{running.url}/phone")
    page.keyboard.type("*384*1234#")
    page.keyboard.press("Enter")
    content = page.locator("#content")
    expect(content).to_contain_text("1 Complain")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(content).to_have_text("<b>Bye</b>")
    expect(page.locator("#content input")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(content).to_contain_text("Type a code")
    assert [form["text"] for form in running.heard.forms("africastalking", "ussd")] == ["", "9"]


def test_a_session_by_touch_and_the_red_key(running: Running, browser: Browser) -> None:
    """On a small touch screen the keypad and the green key do it all; red leaves the session
    incomplete.
    """
    running.heard.says = menus
    page = browser.new_page(locale="en-GB", viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto(f"{running.url}/phone?phone=%2B923000000055")
    for key in ("star", "3 def", "8 tuv", "4 ghi", "star", "1", "2 abc", "3 def", "4 ghi", "hash"):
        page.get_by_role("button", name=key, exact=True).tap()
    page.get_by_role("button", name="Call", exact=True).first.tap()
    expect(page.locator("#content")).to_contain_text("2 Urdu")
    page.get_by_role("button", name="Hang up").tap()
    event = running.heard.wait("africastalking", "ussd-ended")[0]
    assert (event["status"], event["phoneNumber"]) == ("Incomplete", "+923000000055")
    page.close()


def test_urdu_runs_from_the_right(running: Running, page: Page) -> None:
    """Each line has the direction of the text it is of."""
    running.heard.says = menus
    page.goto(f"{running.url}/phone?dial=*384*1234%23")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text("2 Urdu")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    line = page.locator("#content p", has_text="شکایت")
    expect(line).to_have_css("direction", "rtl")
    expect(page.locator("#measure")).to_contain_text("UCS-2")


def test_a_number_alone_on_its_line_stands_with_its_text(running: Running, page: Page) -> None:
    """In a text from the right it begins at the right as well, its groups in their order; in a list
    of languages every key is at the left.
    """
    running.heard.says = lambda form: Say(
        f"CON {'شکایت:' if form['text'] else 'Choose'}\n132.380.0399\n3 اردو".encode(),
        type="text/plain; charset=utf-8",
    )
    page.goto(f"{running.url}/phone?dial=*384*1234%23")
    page.keyboard.press("Enter")
    line = page.locator("#content p", has_text="اردو")
    expect(line).to_have_css("direction", "ltr")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(line).to_have_css("direction", "rtl")
    expect(page.locator("#content p", has_text="132.380")).to_have_css("direction", "rtl")


def home(tag: str) -> str:
    """The main menu in a language, its first page, as the engine says it."""
    then = Citizen(service(), Session(language=tag, notice=99)).dials().then
    assert isinstance(then, Reply)
    return then.text


def choose(page: Page, tag: str) -> None:
    """Answer the first screens of somebody new: the language by its own name, and its notice."""
    content, name = page.locator("#content"), LANGUAGES[tag].language.name
    for wanted in (re.compile(rf"^(\d) {name}$"), re.compile(r"^(1) ")):
        for _ in range(3):
            expect(content.locator("input")).to_be_visible()
            shown = content.locator("p").all_inner_texts()
            found = next((match[1] for line in shown if (match := wanted.search(line))), "9")
            page.keyboard.type(found)
            page.keyboard.press("Enter")
            expect(content).not_to_have_text("".join(shown))
            if found != "9":
                break


def test_every_language_is_chosen_by_its_name_and_shows_its_menu(
    running: Running, page: Page, valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """The real dialogs, seven people: each reads the menu of her own language, from its own side,
    all of it in sight above the field. Letters tell the language where they can, and else nobody
    says that it is English.
    """
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        running.heard.says = lambda form: Say(
            line.post("ussd", form).body.encode(), type="text/plain; charset=utf-8"
        )
        for number, tag in enumerate(OFFERED):
            page.goto(f"{running.url}/phone?phone=%2B92300000020{number}&dial=*384*1234%23")
            page.keyboard.press("Enter")
            choose(page, tag)
            shown = page.locator("#content [lang]")
            expect(shown.locator("p")).to_have_text(home(tag).splitlines())
            expect(shown).to_have_css("direction", LANGUAGES[tag].language.direction)
            expect(shown).to_have_attribute("lang", tag if tag in {"ur", "ps", "ar"} else "")
            last, field = shown.bounding_box(), page.locator("#content input").bounding_box()
            assert last
            assert field
            assert last["y"] + last["height"] <= field["y"], tag
            page.keyboard.press("Escape")


def test_a_message_comes_is_counted_and_read(running: Running, page: Page) -> None:
    """The envelope shows one unread; opening it shows the text and clears the count."""
    page.goto(f"{running.url}/phone")
    send(running, "Your number is 123 456 7890")
    expect(page.locator("#unread")).to_have_text("1")
    page.get_by_role("button", name="Messages").click()
    page.get_by_role("option", name=re.compile("123 456")).click()
    expect(page.locator("#content")).to_contain_text("Your number is 123 456 7890")
    expect(page.locator("#mail")).to_be_hidden()


def test_a_message_is_written_to_the_service(running: Running, page: Page) -> None:
    """The text goes out through the chosen provider's form."""
    page.goto(f"{running.url}/phone")
    expect(page.locator("#code")).to_have_text("*384*1234#")
    page.keyboard.press("Enter")
    page.get_by_role("option", name="Write a message").click()
    page.locator("#to").fill("21234")
    page.locator("#words").fill("مدد")
    page.get_by_role("button", name="Send").click()
    form = running.heard.wait("africastalking", "sms")[0]
    assert (form["to"], form["text"], form["from"]) == ("21234", "مدد", PHONE)


def test_another_number_is_another_handset(running: Running, page: Page) -> None:
    """A wrong number gets a sentence, a right one becomes the phone's own."""
    page.goto(f"{running.url}/phone")
    page.get_by_label("Another number").fill("0300")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("starts with +")
    page.get_by_label("Another number").fill("+92 300 0000077")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#number")).to_have_text("+923000000077")


def test_trouble_is_said_on_the_screen(running: Running, page: Page) -> None:
    """A code nobody serves is the network's own sentence."""
    page.goto(f"{running.url}/phone?dial=*999%23")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text("invalid MMI code")
