// Comfort only. Without this file each mark has its words as a title, and the table beside says the same.
//
// A chart is one tab stop; the arrow keys move within it (the roving tabindex of the ARIA practices).
// Its words appear at focus, under the pointer and at a touch, stay while they are pointed at, and go
// at Escape (WCAG 1.4.13).
"use strict";

(() => {
  const CHARTS = ".plot, .forest, .chart-frame";
  const MARKS = ".mark, .chart[role=img]";
  const NEAR = 24; // pixels from a mark within which the pointer means it
  const GAP = 8; // pixels between a mark and its words: the ring of the focus
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true"); // a screen reader has heard the name of the mark
  tip.hidden = true;
  let shown = null;
  let dismissed = null; // by Escape, until it is left
  let leaving = 0;

  function show(mark) {
    clearTimeout(leaving);
    if (mark === shown || mark === dismissed) return;
    hide();
    shown = mark;
    dismissed = null;
    mark.classList.add("shown");
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    place();
  }

  function hide() {
    clearTimeout(leaving);
    if (shown) shown.classList.remove("shown");
    shown = null;
    tip.hidden = true;
  }

  // Above the mark, below it where the window ends; over the page, so that nothing moves.
  function place() {
    if (!shown) return;
    const mark = shown.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.min(Math.max((mark.left + mark.right - tip.offsetWidth) / 2, 4), width - tip.offsetWidth - 4);
    const above = mark.top - tip.offsetHeight - GAP;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above < 0 ? mark.bottom + GAP : above) + scrollY}px`;
  }

  // What has the focus keeps its words when the pointer goes.
  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      const focused = document.activeElement;
      if (focused && focused.matches(MARKS) && focused.matches(":focus-visible")) show(focused);
      else hide();
    }, 200);
  }

  function pointedAt({ target, clientX, clientY }) {
    const mark = target.closest(MARKS);
    const drawing = target.closest(".plot-frame > svg");
    if (mark || !drawing) return mark;
    const distance = (one) => {
      const box = one.getBoundingClientRect();
      return Math.hypot((box.left + box.right) / 2 - clientX, (box.top + box.bottom) / 2 - clientY);
    };
    let [nearest, least] = [null, NEAR];
    for (const one of drawing.querySelectorAll(MARKS)) {
      const away = distance(one);
      if (away < least) [nearest, least] = [one, away];
    }
    return nearest;
  }

  function point(event) {
    const mark = pointedAt(event);
    if (mark !== dismissed) dismissed = null;
    if (mark) show(mark);
    else if (shown) leave();
  }

  // A finger cannot hover: its first touch says the words, the second follows the link.
  function followAtTheSecondTouch(chart) {
    let before = null;
    let finger = false;
    chart.addEventListener("pointerdown", (event) => {
      finger = event.pointerType === "touch";
      before = shown;
      point(event);
    });
    chart.addEventListener("click", (event) => {
      const link = event.target.closest("a.mark");
      if (link && finger && link !== before) event.preventDefault();
    });
  }

  function moveByArrows(chart, marks) {
    chart.addEventListener("keydown", (event) => {
      const at = marks.indexOf(event.target);
      if (at < 0 || !(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const to = Math.min(Math.max(at + STEPS[event.key], 0), marks.length - 1);
      marks[to].focus();
    });
  }

  function takeFocus(chart, marks) {
    const frame = chart.querySelector(".plot-frame");
    if (frame) {
      frame.removeAttribute("tabindex"); // without this file it is what the keyboard scrolls
      frame.firstElementChild.setAttribute("aria-describedby", `${chart.id}-keys`);
    }
    marks.forEach((mark, place) => mark.setAttribute("tabindex", place ? -1 : 0));
    chart.addEventListener("focusin", ({ target }) => {
      if (!marks.includes(target)) return;
      marks.forEach((mark) => mark.setAttribute("tabindex", mark === target ? 0 : -1));
      show(target);
    });
    chart.addEventListener("focusout", leave);
  }

  function enliven(chart) {
    const marks = [...chart.querySelectorAll(MARKS)];
    // Of a plot from left to right, whatever the order in which it was drawn; of a forest from above.
    const across = (mark) => mark.transform.baseVal[0].matrix.e;
    if (chart.matches(".plot")) marks.sort((one, other) => across(one) - across(other));
    if (!marks.length) return;
    for (const mark of marks) {
      const title = mark.querySelector(":scope > title");
      mark.setAttribute("aria-label", title.textContent);
      title.remove(); // or the browser would show it too
    }
    takeFocus(chart, marks);
    moveByArrows(chart, marks);
    chart.addEventListener("pointermove", point);
    chart.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "touch") return; // the finger is lifted, its words stay
      dismissed = null;
      leave();
    });
    followAtTheSecondTouch(chart);
  }

  document.body.append(tip);
  document.querySelectorAll(CHARTS).forEach(enliven);
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("pointerdown", ({ target }) => {
    if (shown && !target.closest(CHARTS)) hide();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !shown) return;
    dismissed = shown;
    hide();
  });
  document.addEventListener("scroll", place, { capture: true, passive: true });
  window.addEventListener("resize", place);
})();
