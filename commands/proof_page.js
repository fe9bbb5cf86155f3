"use strict";
const by = (id) => document.getElementById(id);
const screens = [...document.querySelectorAll(".screen")].map((element) => ({
  element, said: [...element.querySelectorAll(".said")], words: element.textContent.toLowerCase(),
}));

function show() {
  const chosen = [by("language").value, by("beside").value];
  const wanted = by("search").value.trim().toLowerCase();
  const only = by("only").value;
  let count = 0;
  for (const { element, said, words } of screens) {
    for (const one of said) {
      one.hidden = !chosen.includes(one.dataset.language);
      one.style.order = one.dataset.language === chosen[0] ? 1 : 0;
    }
    const kept = !only || said.some((one) => !one.hidden && one.classList.contains(only));
    element.hidden = !(kept && words.includes(wanted));
    count += !element.hidden;
  }
  for (const map of document.querySelectorAll(".map")) map.hidden = Boolean(wanted || only);
  for (const chapter of document.querySelectorAll(".chapter")) {
    chapter.hidden = !chapter.querySelector(".screen:not([hidden])");
  }
  by("count").textContent = `${count} of ${screens.length} shown`;
}

function follow() {
  const there = by(decodeURIComponent(location.hash.slice(1)));
  if (!there || there.getClientRects().length) return;
  by("search").value = by("only").value = "";
  show();
  there.scrollIntoView();
}

by("tools").addEventListener("input", show);
by("tools").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", follow);
show();
follow();
