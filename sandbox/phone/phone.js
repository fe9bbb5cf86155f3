// The phone: its state, what every key does in every view, and what comes in. Drawing is views.js, talking carrier.js.

import * as carrier from "./carrier.js";
import { erase, hold, keypad, mode, press, typeInto } from "./keys.js";
import * as views from "./views.js";

const NUMBERS = ["+923000000001", "+923000000002", "+923000000003", "+254711000001"];
const TWILIO = "+15005550006";
const POLL = 1000;

const at = (id) => document.getElementById(id);
const content = at("content");
const asked = new URLSearchParams(location.search);
const state = {
  view: "idle", phone: "", typed: "", session: "", screen: null, sentence: "", messages: [], selected: 0,
  message: null, to: "", unread: {}, codes: ["*384*1234#"], shortCode: "", last: "",
};

// What the two soft keys say and do, view by view; `ok` is what Enter, OK and the green key do.
const VIEWS = {
  idle: { left: ["Messages", openInbox], right: ["", () => {}], call: redial },
  dialling: { left: ["Call", call], right: ["Clear", clear], call },
  running: { left: ["", () => {}], right: ["Cancel", home], call: () => {} },
  ussd: { left: ["Send", send], right: ["Cancel", home], call: send },
  over: { left: ["OK", home], right: ["", () => {}], call: home },
  trouble: { left: ["OK", home], right: ["", () => {}], call: home },
  inbox: { left: ["Open", open], right: ["Back", home], call: open },
  message: { left: ["Reply", answer], right: ["Back", openInbox], call: answer },
  compose: { left: ["Send", post], right: ["Back", openInbox], call: post },
};

function show(view, changes = {}) {
  Object.assign(state, changes, { view });
  const drawn = { over: "ussd" }[view] ?? view;
  content.replaceChildren(...views[drawn](state));
  content.scrollTop = 0;
  const { left, right } = VIEWS[view];
  for (const [side, [label]] of [["left", left], ["right", right]]) {
    at(`${side}-label`).textContent = label;
    at(side).setAttribute("aria-label", label || "no function");
  }
  bar();
  focusField();
}

function bar() {
  at("number").textContent = state.phone;
  at("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const unread = state.unread[state.phone] ?? 0;
  at("mail").hidden = !unread;
  at("unread").textContent = unread || "";
  at("mode").textContent = field() ? mode() : "";
}

// Where the keypad types: the field in use, else the first one that is empty.
const field = () => {
  const fields = [...content.querySelectorAll("input, textarea")];
  return fields.find((one) => one === document.activeElement) ?? fields.find((one) => !one.value) ?? fields[0];
};

function focusField() {
  const wanted = field() ?? content.querySelector("[role=listbox]");
  // On a touch screen the keypad types; a real keyboard would cover the phone.
  if (wanted && matchMedia("(pointer: fine)").matches) wanted.focus({ preventScroll: true });
}

async function attempt(work) {
  try {
    await work();
  } catch (failure) {
    show("trouble", { sentence: failure.message, session: "" });
  }
}

// Dialling and USSD
function redial() { show("dialling", { typed: state.last || state.codes[0] }); }

function clear() {
  const typing = field();
  erase(typing);
  state.typed = typing.value;
  if (!typing.value) show("idle");
}

function call() {
  const code = field().value.trim();
  if (!code) return;
  const phone = state.phone;
  show("running", { last: code, typed: "" });
  attempt(async () => shown(await carrier.dial(phone, code)));
}

function send() {
  const text = field().value;
  const session = state.session;
  show("running");
  attempt(async () => shown(await carrier.reply(session, text)));
}

function shown(screen) {
  if (state.view !== "running") {  // cancelled meanwhile
    if (screen.open) carrier.hangUp(screen.session).catch(() => {});
    return;
  }
  const most = screen.alphabet === "GSM-7" ? 160 : 80;
  const cut = screen.cut ? ", cut by the network" : "";
  at("measure").textContent = `Last screen: ${screen.units} of ${most} in ${screen.alphabet}${cut}. ${screen.error}`;
  show(screen.open ? "ussd" : "over", { screen, session: screen.open ? screen.session : "" });
}

function home() {
  if (state.session) carrier.hangUp(state.session).catch(() => {});
  show("idle", { session: "", typed: "", screen: null });
}

// Messages
function openInbox() {
  attempt(async () => {
    const messages = (await carrier.inbox(state.phone)).reverse();
    show("inbox", { messages, selected: messages.length ? 1 : 0 });
  });
}

function open() {
  if (state.selected === 0) return show("compose", { to: service() });
  const message = state.messages[state.selected - 1];
  show("message", { message });
  if (message.unread) attempt(async () => { await carrier.read(state.phone, message.number); await look(); });
}

// A sender in letters cannot be written to.
function answer() { show("compose", { to: /^[+0-9]/.test(state.message.other) ? state.message.other : service() }); }

function post() {
  const to = at("to").value.trim();
  const text = at("words").value;
  if (!to || !text) return at(to ? "words" : "to").focus();
  attempt(async () => {
    await carrier.write(state.phone, to, text, provider());
    await openInbox();
  });
}

const service = () => (provider() === "twilio" ? TWILIO : state.shortCode);
const provider = () => document.querySelector("input[name=provider]:checked").value;

// Keys
function digit(key) {
  if (["idle", "over", "trouble"].includes(state.view)) show("dialling", { typed: "", session: "" });
  const typing = field();
  if (!typing) return;
  press(typing, key, Date.now());
  if (state.view === "dialling") state.typed = typing.value;
  bar();
}

function long(key) {
  const text = hold(key);
  if (text && field()) typeInto(field(), text);
  bar();
}

function move(by) {
  if (state.view !== "inbox") return content.scrollBy({ top: by * 60 });
  state.selected = Math.min(Math.max(state.selected + by, 0), state.messages.length);
  for (const item of content.querySelectorAll("li")) {
    const chosen = Number(item.dataset.place) === state.selected;
    item.setAttribute("aria-selected", String(chosen));
    if (chosen) item.scrollIntoView({ block: "nearest" });
  }
}

const KEYS = {
  left: () => VIEWS[state.view].left[1](),
  right: () => VIEWS[state.view].right[1](),
  ok: () => VIEWS[state.view].call(),
  call: () => VIEWS[state.view].call(),
  end: home,
  up: () => move(-1),
  down: () => move(1),
};

function typedOnKeyboard(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const elsewhere = event.target.closest("button, a, summary, .notes");
  if (event.key === "Escape") return void home();
  if (elsewhere) return;
  const writing = event.target.matches("input, textarea");
  if (event.key === "Enter" && !(event.shiftKey && event.target.matches("textarea"))) {
    event.preventDefault();
    KEYS.left();
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    if (event.target.matches("textarea")) return;
    event.preventDefault();
    move(event.key === "ArrowUp" ? -1 : 1);
  } else if (!writing && /^[0-9*#+]$/.test(event.key)) {
    event.preventDefault();
    digit(event.key);
  }
}

// Numbers
function numbers() {
  const kept = JSON.parse(localStorage.getItem("numbers") ?? "[]");
  return [...new Set([...NUMBERS, ...kept, ...(state.phone ? [state.phone] : [])])];
}

function listNumbers() {
  at("numbers").replaceChildren(...numbers().map((number) => {
    const choice = views.element("input", { type: "radio", name: "phone", value: number, checked: number === state.phone });
    const badge = views.element("span", { class: "badge", "data-of": number, hidden: true });
    return views.element("label", {}, choice, views.element("span", { dir: "ltr" }, number), badge);
  }));
  badges();
}

function badges() {
  for (const badge of document.querySelectorAll(".badge")) {
    const unread = state.unread[badge.dataset.of] ?? 0;
    badge.hidden = !unread;
    badge.textContent = unread ? `${unread} new` : "";
  }
}

function addNumber() {
  const number = at("another").value.replace(/[\s()-]/g, "");
  const good = /^\+[1-9][0-9]{6,14}$/.test(number);
  at("refused").textContent = good ? "" : "A number starts with + and its country, such as +923000000009.";
  if (!good) return;
  at("another").value = "";
  const kept = JSON.parse(localStorage.getItem("numbers") ?? "[]");
  localStorage.setItem("numbers", JSON.stringify([...new Set([...kept, number])]));
  become(number);
}

function become(number) {
  home();
  state.phone = number;
  listNumbers();
  show("idle");
}

// What comes in
async function look() {
  const said = await carrier.about();
  const before = state.unread[state.phone] ?? 0;
  Object.assign(state, { unread: said.unread, codes: said.codes, shortCode: said.short_code });
  at("code").textContent = said.codes[0];
  badges();
  bar();
  const more = (state.unread[state.phone] ?? 0) > before;
  if (more) buzz();
  if (state.view === "idle" && standing() !== content.textContent) show("idle");
  else if (more && state.view === "inbox") openInbox();
}

// What the idle screen should say by now; drawn only when it changed, for screen readers say every change.
const standing = () => views.idle(state).map((part) => part.textContent).join("");

function buzz() {
  const body = document.querySelector(".handset");
  body.classList.remove("buzz");
  void body.offsetWidth;
  body.classList.add("buzz");
}

function watch() {
  const next = () => setTimeout(watch, POLL);
  if (document.hidden) return next();
  look().catch(() => {}).finally(next);
}

function start() {
  keypad(at("keypad"), digit, long);
  const given = asked.get("phone")?.trim().replace(/^(?=[1-9])/, "+") ?? "";
  state.phone = /^\+[1-9][0-9]{6,14}$/.test(given) ? given : NUMBERS[0];
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => KEYS[button.dataset.key]());
  }
  document.addEventListener("keydown", typedOnKeyboard);
  content.addEventListener("input", () => { if (state.view === "dialling") state.typed = field().value; });
  content.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) { state.selected = Number(item.dataset.place); open(); }
  });
  at("numbers").addEventListener("change", (event) => become(event.target.value));
  at("add").addEventListener("click", addNumber);
  at("code").addEventListener("click", () => { home(); show("dialling", { typed: at("code").textContent }); });
  at("code").textContent = state.codes[0];
  listNumbers();
  const code = asked.get("dial");
  if (code) show("dialling", { typed: code });
  else show("idle");
  watch();
}

start();
