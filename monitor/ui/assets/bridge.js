// Hands a ticket in for the session's cookie, or gives the cookie back. Loaded by monitor/ui/signin.py.
(() => {
  const { act, ticket } = document.getElementById("monitor-bridge").dataset;
  const address = new URL(`session/${act}`, new URL(".", window.location.href));
  const sent = fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: act === "open" ? new URLSearchParams({ ticket }) : "",
  });
  // The address stays: it is the page that was asked for. After signing out it is the start page.
  sent.finally(() => (act === "open" ? window.location.reload() : window.location.assign(new URL(".", address.origin))));
})();
