// What Streamlit's own elements do not say to a screen reader, said; what they do only for a mouse, done by keyboard. In every page's head (monitor/ui/middleware.py).
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

  // ---- a name in a list opens its unit by Enter, too ---------------------------------------------------------------
  // A list is drawn, and only a click on the name itself opens what it names. Where in its row the name stands is not
  // told; the pointer changes there.
  const HEADER = 36, ROW = 32, STEP = 8; // pixels: the height of rows in our lists; less than a name is wide
  const OPENS = "›"; // how a name ends that opens something
  const frame = () => new Promise(requestAnimationFrame);

  const point = (canvas, kind, x, y) =>
    canvas.dispatchEvent(new PointerEvent(kind, { clientX: x, clientY: y, button: 0, pointerType: "mouse", isPrimary: true, bubbles: true, cancelable: true, composed: true }));

  const open = async (canvas, row) => {
    const box = canvas.getBoundingClientRect();
    const scrolled = canvas.closest('[data-testid="stDataFrame"]').querySelector(".dvn-scroller")?.scrollTop ?? 0;
    const y = box.top + HEADER + ROW * row - scrolled + ROW / 2;
    for (let x = box.left + STEP; x < box.right; x += STEP) {
      point(canvas, "pointermove", x, y);
      await frame();
      if (canvas.style.cursor !== "pointer") continue;
      for (const kind of ["pointerdown", "pointerup", "click"]) point(canvas, kind, x, y);
      return;
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
    const canvas = event.target.closest?.('canvas[data-testid="data-grid-canvas"]');
    const cell = canvas?.querySelector('td[aria-selected="true"]');
    if (!cell?.textContent.trim().endsWith(OPENS)) return;
    event.preventDefault();
    event.stopPropagation();
    open(canvas, Number(cell.id.split("-").at(-1)));
  }, true);
})();
