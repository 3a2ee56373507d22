// What Streamlit's own elements do not say to a screen reader, said. In every page's head (monitor/ui/middleware.py).
(() => {
  const ROLES = [
    // The menu is one list whose sections stand between it and its items: each section is a list of its own.
    ['[data-testid="stSidebarNavItems"]', { role: "presentation" }],
    ['[data-testid="stSidebarNavItems"] > div', { role: "list" }],
    // The library's sign-in form puts its heading at the third level, below the page's first.
    [".st-key-sign-in h3", { "aria-level": "2" }],
  ];

  const mend = () => {
    for (const [selector, attributes] of ROLES)
      for (const element of document.querySelectorAll(selector))
        for (const [name, value] of Object.entries(attributes))
          if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mend();
    });
  }).observe(document, { childList: true, subtree: true });
})();
