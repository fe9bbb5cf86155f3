// The keypad: digits, letters by pressing a key again, long presses, and typing into a field at its caret.

const PAUSE = 900; // milliseconds after which a letter stands
const LONG = 600;

export const KEYS = [
  ["1", ".,?!'"], ["2", "abc"], ["3", "def"], ["4", "ghi"], ["5", "jkl"], ["6", "mno"],
  ["7", "pqrs"], ["8", "tuv"], ["9", "wxyz"], ["*", "+"], ["0", " "], ["#", ""],
];

let letters = false;
let last = { key: "", times: 0, at: 0 };

export const mode = () => (letters ? "abc" : "123");

export function typeInto(field, text, replacing = 0) {
  const start = Math.max((field.selectionStart ?? field.value.length) - replacing, 0);
  field.setRangeText(text, start, field.selectionEnd ?? field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function erase(field) {
  const start = field.selectionStart;
  if (start === field.selectionEnd && start > 0) field.setSelectionRange(start - 1, start);
  field.setRangeText("", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function press(field, key, now) {
  const choice = KEYS.find(([digit]) => digit === key)?.[1] ?? "";
  if (!letters || !choice || /[*#]/.test(key)) return typeInto(field, key);
  const again = last.key === key && now - last.at < PAUSE;
  last = { key, times: again ? last.times + 1 : 0, at: now };
  const all = choice + key;
  typeInto(field, all[last.times % all.length], again ? 1 : 0);
}

export function hold(key) {
  if (key === "#") letters = !letters;
  return { "#": "", "*": "+", "0": "+" }[key];
}

export function keypad(place, onPress, onHold) {
  for (const [digit, more] of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.digit = digit;
    const name = { "*": "star", "#": "hash" }[digit] ?? digit;
    button.setAttribute("aria-label", /[a-z]/.test(more) ? `${name} ${more}` : name);
    const small = document.createElement("small");
    small.textContent = { "0": "+", "#": "abc", "*": "" }[digit] ?? (/[a-z]/.test(more) ? more : "");
    button.append(digit, small);
    listen(button, digit, onPress, onHold);
    place.append(button);
  }
}

function listen(button, digit, onPress, onHold) {
  let timer = 0;
  let held = false;
  button.addEventListener("pointerdown", () => {
    held = false;
    timer = setTimeout(() => { held = true; onHold(digit); }, LONG);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
    button.addEventListener(end, () => clearTimeout(timer));
  }
  button.addEventListener("click", () => { if (!held) onPress(digit); held = false; });
}
