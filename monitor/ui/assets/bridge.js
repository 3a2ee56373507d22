// Hands a ticket in for the session's cookie, or gives the cookie back. Loaded by monitor/ui/signin.py.
(() => {
  const KEY = "monitor-return";
  const { act, ticket } = document.getElementById("monitor-bridge").dataset;
  const here = window.location;
  const start = new URL(".", here.origin);
  if (act === "remember") {
    // The directory leads back to the start page: what was asked for is kept in this tab until then.
    if (here.pathname + here.search !== "/") sessionStorage.setItem(KEY, here.pathname + here.search);
    return;
  }
  const address = new URL(`session/${act}`, new URL(".", here.href));
  const sent = fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: act === "open" ? new URLSearchParams({ ticket }) : "",
  });
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const back = kept && here.pathname + here.search === "/" ? new URL(kept, here.origin) : null;
  // The address stays: it is the page that was asked for. After signing out it is the start page.
  sent.finally(() => {
    if (act !== "open") here.assign(start);
    else if (back && back.origin === here.origin) here.assign(back);
    else here.reload();
  });
})();
