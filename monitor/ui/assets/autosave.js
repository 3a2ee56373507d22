// Commits what is typed into a draft after a short pause, so that it is saved while its field is still open, says what is
// not saved yet, and lets nobody leave before it is, unless they say so. Loaded by monitor/ui/monthly_draft.py, whose
// status line holds the texts that the program has answered, by the names of their fields, and the page's own words.
(() => {
  if (window.monitorAutosave) return;
  window.monitorAutosave = true;
  const PAUSE = 1200;
  const PATIENCE = 15000; // as long as a click waits for what was typed before it
  const WITHIN = ".st-key-monthly-fields";
  const timers = new Map();
  let answered = {}; // as the line said last: it is away for moments while the page is drawn anew
  let question = "";

  const fields = () => [...document.querySelectorAll(`${WITHIN} textarea, ${WITHIN} input`)];
  const field = (event) => (event.target.matches?.("textarea, input") && event.target.closest(WITHIN) ? event.target : null);
  const line = () => document.getElementById("monthly-saved");

  const open = () => {
    const said = line()?.dataset;
    if (said) {
      answered = JSON.parse(said.answered);
      question = said.question;
    } else if (!fields().length) answered = {};
    return fields().filter((box) => {
      const name = [...(box.closest("[class*=st-key-monthly-]")?.classList ?? [])].find((one) => one.startsWith("st-key-monthly-"));
      const kept = answered[name?.slice("st-key-".length)];
      return kept !== undefined && kept !== box.value;
    });
  };

  const commit = (box) => {
    clearTimeout(timers.get(box));
    timers.delete(box);
    if (!box.isConnected) return;
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }));
  };

  const wait = (event) => {
    const box = field(event);
    if (!box) return;
    mark();
    clearTimeout(timers.get(box));
    // A Chinese character that is still being composed is not to be cut off.
    timers.set(box, setTimeout(() => (event.isComposing ? wait(event) : commit(box)), PAUSE));
  };

  const mark = () => {
    const status = line();
    const some = open().length > 0;
    if (some && status) status.dataset.open = "yes";
    else if (status) delete status.dataset.open;
    return some;
  };

  // Streamlit answers a click that leaves the page at once, and forgets what a field sent just before it.
  const LEAVING = "a[href]:not([target=_blank]), .st-key-sign-out button";
  let passing = false;
  const hold = (event) => {
    const click = event.target.closest?.(LEAVING);
    if (passing || !click || !mark()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open().forEach(commit);
    const again = click.matches("a") ? `a[href="${CSS.escape(click.getAttribute("href"))}"]` : LEAVING.split(", ")[1];
    const since = Date.now();
    const look = setInterval(() => {
      const unsaved = mark();
      if (unsaved && Date.now() - since < PATIENCE) return;
      clearInterval(look);
      if (unsaved && !window.confirm(question)) return;
      passing = true;
      (click.isConnected ? click : document.querySelector(again))?.click(); // the page may have drawn it anew
      passing = false;
    }, 100);
  };

  document.addEventListener("input", wait, true);
  document.addEventListener("compositionend", wait, true);
  document.addEventListener("click", hold, true);
  document.addEventListener("focusout", (event) => field(event) && timers.has(event.target) && (clearTimeout(timers.get(event.target)), timers.delete(event.target)), true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && open().forEach(commit));
  window.addEventListener("pagehide", () => open().forEach(commit));
  window.addEventListener("beforeunload", (event) => {
    if (!mark() && !line()?.dataset.failed) return;
    open().forEach(commit);
    event.preventDefault();
  });
  setInterval(mark, 400);
})();
