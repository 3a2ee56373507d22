// Commits what is typed into a draft after a short pause, so that it is saved while its field is still open, and says
// what is not saved yet. Loaded by monitor/ui/monthly_draft.py; the page's own words come with the status line.
(() => {
  if (window.monitorAutosave) return;
  window.monitorAutosave = true;
  const PAUSE = 1200;
  const WITHIN = ".st-key-monthly-fields";
  const timers = new Map();
  let typing = null; // the run of the page that was on the screen when the last sign was typed

  const field = (event) =>
    event.target.matches?.("textarea, input") && event.target.closest(WITHIN) ? event.target : null;
  const line = () => document.getElementById("monthly-saved");

  const commit = (box) => {
    clearTimeout(timers.get(box));
    timers.delete(box);
    if (!box.isConnected) return;
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }));
  };
  const commitAll = () => [...timers.keys()].forEach(commit);

  const wait = (event) => {
    const box = field(event);
    if (!box) return;
    typing = line()?.dataset.run ?? "";
    mark();
    clearTimeout(timers.get(box));
    // A Chinese character that is still being composed is not to be cut off.
    timers.set(box, setTimeout(() => (event.isComposing ? wait(event) : commit(box)), PAUSE));
  };

  const mark = () => {
    const status = line();
    if (!status) return;
    // Every run of the page writes a new line: what was typed before it has been answered, saved or refused.
    if (typing !== null && (timers.size > 0 || status.dataset.run === typing)) {
      status.dataset.open = "yes";
      return;
    }
    typing = null;
    delete status.dataset.open;
  };

  document.addEventListener("input", wait, true);
  document.addEventListener("compositionend", wait, true);
  document.addEventListener("focusout", (event) => field(event) && timers.has(event.target) && (clearTimeout(timers.get(event.target)), timers.delete(event.target)), true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && commitAll());
  window.addEventListener("pagehide", commitAll);
  window.addEventListener("beforeunload", (event) => {
    mark();
    if (typing === null) return;
    commitAll();
    event.preventDefault();
  });
  setInterval(mark, 400);
})();
