// What each view puts on the screen. Text from outside only ever becomes text, one paragraph a line. The first letter of a text
// gives all its lines their direction, so that a number alone on its line stands where the others begin.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Letters that only one language has. No carrier says in which language a text is; where letters do not tell, nobody knows.
const LETTERS = { ps: /[\u067C\u0681\u0685\u0689\u0693\u0696\u069A\u06BC\u06CD\u06D0]/g, ur: /[\u0679\u0688\u0691\u06BA\u06C1\u06D2]/g, ar: /[\u0623\u0625\u0629\u0643\u0649]/g };

// The language of a text from right to left, for fonts and screen readers; "" is "not known", and not the page's English.
function tongue(text) {
  if (!/^\P{L}*\p{Script=Arabic}/u.test(text)) return "";
  const found = Object.entries(LETTERS).map(([tag, letters]) => [(text.match(letters) ?? []).length, tag]);
  const [most, tag] = found.reduce((one, other) => (other[0] > one[0] ? other : one));
  return most ? tag : "";
}

const said = (text) => ({ dir: "auto", lang: tongue(text) });

export const lines = (text) => element("div", said(text), ...text.split("\n").map((line) => element("p", {}, line)));

const time = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function idle(state) {
  const clock = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const unread = state.unread[state.phone] ?? 0;
  const words = unread ? `${unread} new message${unread > 1 ? "s" : ""}` : "Type a code to dial";
  return [element("div", { class: "big" }, element("div", { class: "time" }, clock), element("p", { class: "hint" }, words))];
}

export function dialling(state) {
  const field = element("input", {
    class: "typed", dir: "ltr", inputmode: "tel", maxlength: 182, "aria-label": "Code to dial", autocomplete: "off",
  });
  field.value = state.typed;
  return [field, element("p", { class: "hint" }, "Press the green key")];
}

export const running = () => [element("div", { class: "big" }, element("p", { class: "waiting" }, "USSD code running"))];

export function ussd(state) {
  const shown = lines(state.screen.text);
  if (!state.screen.open) return [shown];
  const field = element("input", { class: "asking", dir: "auto", maxlength: 160, "aria-label": "Your reply", autocomplete: "off" });
  return [shown, field];
}

export const trouble = (state) => [lines(state.sentence)];

export function inbox(state) {
  const list = element("ul", { class: "list", role: "listbox", tabindex: "0", "aria-label": "Messages" });
  const item = (place, ...children) => element(
    "li", { role: "option", "data-place": place, "aria-selected": String(state.selected === place) }, ...children,
  );
  list.append(item(0, element("p", {}, "Write a message")));
  state.messages.forEach((message, index) => {
    const who = message.direction === "in" ? message.other : `To ${message.other}`;
    const made = item(
      index + 1,
      element("span", { class: "who" }, element("b", { dir: "auto" }, who), element("span", {}, time(message.at))),
      element("p", said(message.text), message.text.replaceAll("\n", " ")),
    );
    if (message.unread) made.classList.add("new");
    list.append(made);
  });
  return [list];
}

export function message(state) {
  const { other, at, text, direction } = state.message;
  const head = element(
    "div", { class: "from" },
    element("b", { dir: "auto" }, direction === "in" ? other : `To ${other}`), element("span", {}, time(at)),
  );
  return [head, lines(text)];
}

export function compose(state) {
  const to = element("input", { id: "to", dir: "ltr", maxlength: 20, autocomplete: "off" });
  const text = element("textarea", { id: "words", dir: "auto", maxlength: 1600 });
  to.value = state.to;
  return [
    element("label", { for: "to" }, "To"), to, element("label", { for: "words" }, "Message"), text,
  ];
}
