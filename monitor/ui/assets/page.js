// What Streamlit's own elements say in English, said in the language of the page; what they do not say to a screen reader,
// said; what they do only for a mouse, done by keyboard. In every page's head (monitor/ui/middleware.py).
(() => {
  const ROLES = [
    // The menu is one list whose sections stand between it and its items: each section is a list of its own.
    ['[data-testid="stSidebarNavItems"]', { role: "presentation" }],
    ['[data-testid="stSidebarNavItems"] > div', { role: "list" }],
    // The library's sign-in form puts its heading at the third level, below the page's first.
    [".st-key-sign-in h3", { "aria-level": "2" }],
  ];

  const mend = () => {
    // Whether there is a menu, and whether its room has to be kept (page.css).
    const page = document.documentElement;
    if (document.querySelector('[data-testid="stSidebar"], .st-key-sign-in')) page.removeAttribute("data-room");
    if (document.querySelector('[data-testid="stSidebarNav"]')) page.toggleAttribute("data-menu", true);
    else if (document.querySelector(".st-key-sign-in")) page.toggleAttribute("data-menu", false);
    for (const [selector, attributes] of ROLES)
      for (const element of document.querySelectorAll(selector))
        for (const [name, value] of Object.entries(attributes))
          if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    for (const heading of document.querySelectorAll('[data-testid="stMain"] h2, .st-key-headline p')) join(heading);
  };

  // A headline, and the sentences of an answer, break between their parts, not between a number and what it counts.
  const BETWEEN = / (?=[+-]?\d)|(?<=[\d%]) (?=\p{L})/gu;
  const join = (element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const said = texts.currentNode.nodeValue.replace(BETWEEN, "\u00a0");
      if (said !== texts.currentNode.nodeValue) texts.currentNode.nodeValue = said;
    }
  };

  // ---- Streamlit's own words ---------------------------------------------------------------------------------------
  // The table comes with the page (monitor/ui/foreign.py). What stands between braces may be anything.
  const TABLE = JSON.parse(document.getElementById("monitor-words").textContent);
  const EXACT = new Map(Object.entries(TABLE).filter(([word]) => !word.includes("{")));
  const quoted = (text) => text.replace(/[.*+?^$()|[\]\\/]/g, "\\$&");
  const FORMS = Object.entries(TABLE).filter(([word]) => word.includes("{"))
    .map(([word, said]) => [new RegExp(`^${quoted(word).replace(/\{\w+\}/g, "(.+)")}$`), said]);
  const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt", "aria-valuetext"];
  const NOT_HERE = "pre, code, script, style, textarea, [contenteditable]";

  const translated = (text) => {
    const word = text.trim();
    if (!word || word.length > 300 || !/^[A-Za-z0-9]/.test(word)) return null;
    const exact = EXACT.get(word);
    if (exact) return exact;
    for (const [form, said] of FORMS) {
      const found = form.exec(word);
      if (found) return said.replace(/\{\w+\}/, () => found[1]);
    }
    return null;
  };

  const speak = (element) => {
    for (const name of ATTRIBUTES) {
      const said = element.hasAttribute(name) && translated(element.getAttribute(name));
      if (said) element.setAttribute(name, said);
    }
  };

  const speakBelow = (root) => {
    if (root.nodeType === Node.TEXT_NODE) {
      const said = root.parentElement?.closest(NOT_HERE) ? null : translated(root.nodeValue);
      if (said) root.nodeValue = said;
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE || root.matches("canvas")) return; // what a list holds are data
    speak(root);
    for (const child of root.childNodes) speakBelow(child);
  };

  // ---- after every change ------------------------------------------------------------------------------------------
  const changed = new Set();
  let waiting = false;

  const catchUp = () => {
    waiting = false;
    mend();
    for (const node of changed) {
      const within = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
      if (EXACT.size && node.isConnected && !within?.closest("canvas")) speakBelow(node);
    }
    changed.clear();
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach((node) => changed.add(node));
      else changed.add(change.target);
    }
    if (!waiting) requestAnimationFrame(catchUp);
    waiting = true;
  }).observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ATTRIBUTES });

  // The page itself was made in one language: after a switch it is made anew. Only once the switch offers another language:
  // while the server is at it, classes of looks come and go beside the key, and a page that is loaded anew then takes the
  // click back.
  const SWITCH = '[class*="st-key-language-"]';
  const offered = (place) => [...(place?.classList ?? [])].find((name) => name.startsWith("st-key-language-"));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(`${SWITCH} button`)) return;
    const before = offered(event.target.closest(SWITCH));
    const wait = setInterval(() => {
      const now = offered(document.querySelector(SWITCH));
      if (!now || now === before) return;
      clearInterval(wait);
      location.reload();
    }, 100);
  }, true);

  // On a phone, where figures come from is one line until it is touched (page.css).
  document.addEventListener("click", (event) =>
    event.target.closest?.(".st-key-source")?.toggleAttribute("data-open"));

  // ---- printing waits for what is still being drawn -----------------------------------------------------------------
  // Charts are drawn a moment after the page stands; paper has no moment after. What the browser's own menu prints cannot wait.
  const PATIENCE = 15_000; // milliseconds, then what is there is printed
  const drawn = () =>
    document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "running" &&
    !document.querySelector('[data-testid="stMain"] [data-testid="stSkeleton"]') &&
    [...document.querySelectorAll(".stVegaLiteChart")].every((chart) => chart.querySelector("svg, canvas"));

  let printing = false;
  document.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (printing || drawn()) return;
    event.preventDefault();
    printing = true;
    const began = performance.now();
    while (!drawn() && performance.now() - began < PATIENCE) await new Promise((later) => setTimeout(later, 100));
    printing = false;
    window.print();
  }, true);

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
