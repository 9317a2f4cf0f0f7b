// Nobody reads the last patient's page on a computer that somebody left: when the session has
// ended for want of use, the page goes to the sign-in, and what was typed comes back after it.
// The server ends the session by itself; this only clears the screen.
"use strict";

(() => {
  const { seconds, signIn } = document.currentScript.dataset;
  let ends = 0;
  let timer = 0;

  const here = { path: location.pathname + location.search, unsaved: () => false };

  // drafts.js says when the server heard of this page, where to go on, and what it does not have yet.
  window.caselogPage = {
    used() {
      ends = Date.now() + Number(seconds) * 1000;
      clearTimeout(timer);
      timer = setTimeout(check, Number(seconds) * 1000);
    },
    goOnAt: (path) => (here.path = path),
    hasUnsaved: (unsaved) => (here.unsaved = unsaved),
    leave,
  };

  function leave() {
    clearTimeout(timer);
    document.getElementById("main").hidden = true;
    if (here.unsaved()) {
      document.querySelector("[data-idle-note]").hidden = false;
      timer = setTimeout(leave, 1000);
      return;
    }
    location.replace(`${signIn}?next=${encodeURIComponent(here.path)}`);
  }

  function check() {
    if (ends <= Date.now()) leave();
  }

  // A computer that slept stopped the timer too.
  document.addEventListener("visibilitychange", check);
  window.addEventListener("focus", check);
  window.caselogPage.used();
})();
