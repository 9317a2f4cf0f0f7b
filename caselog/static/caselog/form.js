// The forms' comfort: what is not asked is cleared, what follows is filled in, what is missing is
// counted. The server does all of it again, so the pages work without this file.
"use strict";

(() => {
  const form = document.querySelector("[data-answers]");
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  if (!form) return;

  const questions = [...form.querySelectorAll("[data-question]")];
  const controls = (question) => [...question.querySelectorAll("input, select, textarea")];
  const questionOf = (name) => form.querySelector(`[data-question="${CSS.escape(name)}"]`);

  // A number's unit, the second part of its question, is no answer by itself.
  const isAnswer = (control) =>
    /^(radio|checkbox)$/.test(control.type) ? control.checked : control.value.trim() !== "" && !control.matches(".unit-select");

  function answer(name) {
    const question = questionOf(name);
    if (question?.querySelector(".date")) return controls(question).map(({ value }) => value).join(" ").trim();
    return question ? (controls(question).find(isAnswer) || { value: "" }).value : "";
  }

  function isAnswered(question) {
    return question.querySelector(".date")
      ? controls(question).every(isAnswer)
      : controls(question).some(isAnswer);
  }

  function set(question, value) {
    const parts = question.querySelector(".date") && value.split(" ");
    for (const [n, control] of controls(question).entries()) {
      if (parts) control.value = parts[n] ?? "";
      else if (/^(radio|checkbox)$/.test(control.type)) control.checked = control.value === value;
      else if (!control.matches(".unit-select")) control.value = value;
    }
  }

  const ascii = (text) =>
    text.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15).trim();

  // Questions that come and go: the stylesheet hides them, this clears them.

  function isAsked(question) {
    const { parent, values } = question.dataset;
    if (!parent) return true;
    const above = questionOf(parent);
    if (above && !isAsked(above)) return false;
    const given = answer(parent);
    return values.split(" ").includes(given) || (given === "" && "blankToo" in question.dataset);
  }

  function clearUnasked() {
    for (const question of questions) {
      if (!isAsked(question) && isAnswered(question)) set(question, "");
    }
  }

  // Answers that another one gives away, and how the surgeon usually operates.

  function fillIn(question, value) {
    set(question, value);
    question.dataset.filledIn = "";
  }

  function infer() {
    for (const target of form.querySelectorAll("[data-follows]")) {
      const holding = target.dataset.follows.split(" ").find((rule) => {
        const [given, when] = rule.split(":");
        return when ? answer(given) === when : answer(given) !== "";
      });
      if (holding && !isAnswered(target)) {
        fillIn(target, holding.split(":")[2]);
        target.dataset.inferred = "";
      } else if (!holding && "inferred" in target.dataset) {
        set(target, "");
        delete target.dataset.filledIn;
        delete target.dataset.inferred;
      }
    }
    workOutTheMinutes();
  }

  // A habit waits until its question is asked, and is filled in once.
  function applyHabits() {
    for (const habit of form.querySelectorAll("[data-habit]:not([data-applied])")) {
      const question = questionOf(habit.dataset.habit);
      if (!question || !isAsked(question)) continue;
      habit.dataset.applied = "";
      if (!isAnswered(question)) fillIn(question, habit.value);
    }
  }

  function workOutTheMinutes() {
    const minutes = questionOf("operative_minutes");
    if (!minutes || (isAnswered(minutes) && !("inferred" in minutes.dataset))) return;
    const taken = minutesTaken();
    if (!(taken > 0 && taken <= 720)) return;
    if (ascii(answer("operative_minutes")) !== String(taken)) fillIn(minutes, taken);
    minutes.dataset.inferred = "";
  }

  function minutesTaken() {
    const [start, end] = ["start_time", "end_time"].map((name) => minutesOfDay(answer(name)));
    return (end - start + 1440) % 1440;
  }

  // A stored operating time that is that of its times goes on following them.
  function followTheTimes() {
    const minutes = questionOf("operative_minutes");
    if (minutes && ascii(answer("operative_minutes")) === String(minutesTaken())) minutes.dataset.inferred = "";
  }

  function minutesOfDay(typed) {
    const found = /^(\d{1,2})[:.h]?(\d{2})$/.exec(ascii(typed));
    return found && found[1] < 24 && found[2] < 60 ? found[1] * 60 + Number(found[2]) : NaN;
  }

  // The causes of the other type of azoospermia.

  function followGroups() {
    for (const select of form.querySelectorAll("[data-groups-follow]")) {
      const groups = [...select.querySelectorAll("[data-goes-with]")];
      const given = answer(select.dataset.groupsFollow);
      const restricts = groups.some((group) => group.dataset.goesWith === given);
      for (const group of groups) {
        group.hidden = group.disabled = restricts && group.dataset.goesWith !== given;
        if (group.hidden && group.contains(select.selectedOptions[0])) select.value = "";
      }
    }
  }

  // "11 of 13 answered"

  function isExpected(question) {
    const { expectedWith, expectedValues } = question.dataset;
    if (!isAsked(question)) return false;
    // Asked before its condition is answered, it is not yet expected.
    if ("blankToo" in question.dataset && answer(question.dataset.parent) === "") return false;
    return "expected" in question.dataset || Boolean(expectedWith) && expectedValues.split(" ").includes(answer(expectedWith));
  }

  const isDone = (question) =>
    isAnswered(question) || Boolean(question.dataset.instead && answer(question.dataset.instead) !== "");

  function count() {
    const progress = form.querySelector("[data-progress]");
    if (!progress) return;
    const expected = questions.filter(isExpected);
    const done = expected.filter(isDone);
    progress.querySelector("[data-answered]").textContent = done.length;
    progress.querySelector("[data-expected-count]").textContent = expected.length;
  }

  // "Answers inside: 3" on a folded section; a hormone with its unit and date is one.

  function countInside() {
    for (const shown of form.querySelectorAll("[data-count-inside]")) {
      const section = shown.closest("details");
      const hormones = [...section.querySelectorAll(".hormone")];
      const others = [...section.querySelectorAll("[data-question]")].filter((one) => !one.closest(".hormone"));
      const answered = (one) => [...one.querySelectorAll("[data-question]")].some(isAnswered);
      const inside = others.filter(isAnswered).length + hormones.filter(answered).length;
      shown.querySelector("[data-inside]").textContent = inside;
      shown.hidden = inside === 0;
    }
  }

  function settle() {
    infer();
    applyHabits();
    clearUnasked();
    followGroups();
    count();
    countInside();
  }

  form.addEventListener("input", (event) => {
    const question = event.target.closest("[data-question]");
    if (question) {
      delete question.dataset.filledIn;
      delete question.dataset.inferred;
    }
    settle();
  });

  // What the man's earlier operation answers.

  const lookups = form.querySelectorAll("[name=lookup]");

  async function lookUp() {
    const code = form.elements.patient_code.value;
    const data = new FormData(form);
    data.set("lookup", "1");
    const answered = await fetch(form.action, { method: "POST", body: data, headers: { "X-Part": "earlier" } });
    if (!answered.ok || answered.redirected) return;
    const part = new DOMParser().parseFromString(await answered.text(), "text/html");
    // Somebody went on typing: the answer is about another man.
    if (form.elements.patient_code.value !== code) return;
    const earlier = document.getElementById("earlier");
    for (const { dataset, value } of earlier.querySelectorAll("[data-filled]")) {
      const question = questionOf(dataset.filled);
      if (question && answer(dataset.filled) === value) set(question, "");
    }
    earlier.replaceChildren(...part.body.childNodes);
    for (const { dataset, value } of earlier.querySelectorAll("[data-filled]")) {
      const question = questionOf(dataset.filled);
      // The person may have answered it while the page was asking.
      if (question && !isAnswered(question)) set(question, value);
    }
    settle();
  }

  for (const lookup of lookups) {
    lookup.addEventListener("click", (event) => {
      event.preventDefault();
      lookUp().catch(() => {});
    });
  }
  if (lookups.length) {
    form.elements.patient_code.addEventListener("change", () => lookUp().catch(() => {}));
  }

  // Today and yesterday.

  for (const buttons of form.querySelectorAll(".date-buttons")) {
    buttons.hidden = false;
    buttons.addEventListener("click", (event) => {
      const button = event.target.closest("[data-date]");
      if (!button) return;
      const parts = button.dataset.date.split("|");
      buttons.parentElement.querySelectorAll("input").forEach((input, index) => (input.value = parts[index]));
      settle();
    });
  }

  // The search clock: a help that adds whole minutes to what stands in the field.

  const LONGEST_SEARCH = 48 * 3600 * 1000;

  for (const clock of form.querySelectorAll("[data-clock]")) {
    const [button, shown] = [clock.querySelector("button"), clock.querySelector("[role=timer]")];
    const minutes = form.elements[clock.dataset.clock];
    // A search outlasts an idle session: the time of the start, and nothing else, stays with the tab.
    const kept = `clock ${location.pathname}`;
    let started = Number(sessionStorage.getItem(kept));
    if (Date.now() - started > LONGEST_SEARCH) started = 0;
    let ticking = 0;
    clock.hidden = false;
    const tick = () => {
      const seconds = Math.floor((Date.now() - started) / 1000);
      shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    const run = () => {
      sessionStorage.setItem(kept, started);
      if (started) {
        ticking = setInterval(tick, 1000);
        tick();
      }
      button.textContent = started ? button.dataset.stop : button.dataset.start;
    };
    button.addEventListener("click", () => {
      if (started) {
        clearInterval(ticking);
        const before = Number(ascii(minutes.value));
        // What cannot be read is the person's to put right; the clock still shows what it counted.
        if (!Number.isNaN(before)) minutes.value = before + Math.round((Date.now() - started) / 60000);
        minutes.dispatchEvent(new Event("input", { bubbles: true }));
      }
      started = started ? 0 : Date.now();
      run();
    });
    run();
  }

  followTheTimes();
  settle();

  // A link to a question inside the folded part opens it.

  const openAround = (target) => {
    const folded = target && target.closest("details");
    if (folded) folded.open = true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    openAround(target);
    if (target) {
      event.preventDefault();
      target.focus();
    }
  });

  // Ctrl+Enter presses the first button of the save bar, wherever one types.

  document.addEventListener("keydown", (event) => {
    const main = form.querySelector(".save-bar button:not([type=button])");
    if (!main || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    main.click();
  });

  // After the usual answers were filled in, the first question that still waits.

  if (form.querySelector("[data-told]")) {
    const waiting = questions.find((question) => isExpected(question) && !isDone(question));
    const control = waiting && controls(waiting)[0];
    if (control) control.focus();
  }

  // A second tap saves nothing twice. The button's own name must still be sent, hence the wait.

  const disable = (disabled) =>
    form.querySelectorAll("button:not([type=button])").forEach((button) => (button.disabled = disabled));
  form.addEventListener("submit", () => setTimeout(disable, 0, true));
  window.addEventListener("pageshow", () => disable(false));
})();
