// allauth tells only the console that a key did not confirm; here the person is told.
"use strict";

(() => {
  const told = document.querySelector("[data-passkey-failed]");
  const form = document.querySelector("main form");
  if (!told || !form) return;

  form.before(told);
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    told.hidden = false;
  });
})();
