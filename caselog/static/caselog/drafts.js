// What is typed reaches the server while it is typed. The page says so only when the server has
// answered; without this file the form is saved by its button alone.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const status = form.querySelector("[data-draft-status]");
  const page = window.caselogPage;
  const PAUSE = 1200;
  const AGAIN = 4000;

  let typed = 0; // counts what was typed,
  let kept = 0; // and up to where the server has it
  let version = Number(form.elements.draft_version.value);
  let focus = "";
  let timer = 0;
  let sending = false;
  let sent = false; // the form itself is on its way
  let stopped = false;

  function say(words, { alert = false } = {}) {
    if (!status) return;
    // Only what a person must know interrupts a screen reader.
    if (alert) status.setAttribute("role", "status");
    else status.removeAttribute("role");
    status.classList.toggle("draft-unsaved", alert);
    status.textContent = words;
  }

  function values() {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value !== "") (found[name] ||= []).push(value);
    }
    for (const secret of form.querySelectorAll("input[type=password]")) delete found[secret.name];
    return found;
  }

  async function keep() {
    clearTimeout(timer);
    timer = 0;
    if (sending || sent || stopped || kept === typed) return;
    sending = true;
    const upTo = typed;
    const body = JSON.stringify({ page: form.elements.page.value, typed: values(), focus, version });
    try {
      const answered = await fetch(form.dataset.draft, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body,
      });
      if (!answered.ok) return refused(answered.status);
      const answer = await answered.json();
      version = answer.version;
      form.elements.draft_version.value = version;
      kept = upTo;
      goOnHere();
      if (kept === typed) say(status ? status.dataset.saved.replace("TIME", answer.saved) : "");
      if (!answer.signed_in && page && kept === typed) page.leave();
      else if (answer.signed_in && page) page.used();
    } catch {
      say(status ? status.dataset.offline : "", { alert: true });
      timer = setTimeout(keep, AGAIN);
    } finally {
      sending = false;
      if (!stopped && kept !== typed && !timer) later();
    }
  }

  function refused(code) {
    // An overloaded or restarting server is asked again; a refusal is final.
    if (code >= 500 || code === 429) throw new Error(String(code));
    stopped = true;
    say(status ? (code === 409 ? status.dataset.elsewhere : status.dataset.refused) : "", { alert: true });
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  function goOnHere() {
    const key = form.dataset.draft.split("/").at(-2);
    if (page) page.goOnAt(`${location.pathname}?draft=${key}`);
  }

  function changed(control) {
    typed += 1;
    if (control && control.id) focus = control.id;
    if (stopped) return;
    if (!status || !status.classList.contains("draft-unsaved")) say(status ? status.dataset.saving : "");
    later();
  }

  form.addEventListener("input", (event) => changed(event.target));
  // What form.js fills in by a button, such as "Today", or from an earlier case is typed too.
  form.addEventListener("click", (event) => {
    if (event.target.closest("button[type=button]")) changed(null);
  });
  const filledIn = document.getElementById("earlier");
  if (filledIn) new MutationObserver(() => changed(null)).observe(filledIn, { childList: true });
  form.addEventListener("submit", () => {
    sent = true;
  });
  window.addEventListener("pageshow", () => {
    sent = false;
  });
  window.addEventListener("online", keep);
  window.addEventListener("beforeunload", (event) => {
    if (!sent && kept !== typed) event.preventDefault();
  });
  if (page) page.hasUnsaved(() => kept !== typed && !stopped);

  // A form that came back with something to put right holds more than what was kept before.
  if (document.getElementById("error-summary")) changed(null);
  else if (version) goOnHere();

  // Going on with it: at the field where it was left.
  const left = location.hash && document.getElementById(location.hash.slice(1));
  if (left && form.contains(left)) {
    const folded = left.closest("details");
    if (folded) folded.open = true;
    left.focus();
  }
})();
