/* What a page does beyond links and forms. Everything works without it; nothing here
   talks to the server. Handlers sit on the document, so that swapped-in parts are covered. */
(function () {
  "use strict";

  const YEAR = 31536000;

  function readCookie(name) {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(name + "="));
    return found ? found.slice(name.length + 1) : "";
  }

  function writeCookie(name, value) {
    const age = value ? YEAR : 0;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  }

  /* Theme: the server reads the cookie; no cookie means the device decides. */
  function setUpTheme() {
    const box = document.querySelector("[data-theme]");
    if (!box) return;
    const current = document.documentElement.dataset.kernTheme || "system";
    box.querySelectorAll("input").forEach((input) => {
      input.checked = input.value === current;
    });
    box.addEventListener("change", (event) => {
      const theme = event.target.value === "system" ? "" : event.target.value;
      writeCookie("kh_theme", theme);
      if (theme) document.documentElement.dataset.kernTheme = theme;
      else delete document.documentElement.dataset.kernTheme;
    });
    box.hidden = false;
  }

  /* One-key shortcuts need an off switch (WCAG 2.1.4). */
  function setUpShortcut() {
    const search = document.querySelector("[data-search]");
    const row = document.querySelector("[data-shortcut]");
    if (!search || !row) return;
    const box = row.querySelector("input");
    box.checked = readCookie("kh_slash") !== "off";
    box.addEventListener("change", () => writeCookie("kh_slash", box.checked ? "" : "off"));
    row.hidden = false;
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
      const chord = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key !== "/" || typing || chord || !box.checked) return;
      event.preventDefault();
      search.focus();
      search.select();
    });
  }

  function setUpNavigation() {
    const toggle = document.querySelector("[data-nav-toggle]");
    if (!toggle) return;
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const open = toggle.getAttribute("aria-expanded") === "true";
      toggle.setAttribute("aria-expanded", String(!open));
    });
  }

  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }

  function onEscape(event) {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details[data-menu][open]");
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
  }

  /* Confirmation: data-confirm on a form or on the button that sends it. */
  function ask(text, proceed) {
    const dialog = document.getElementById("kh-confirm");
    document.getElementById("kh-confirm-text").textContent = text;
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.onclick = () => {
      dialog.close();
      proceed();
    };
    dialog.showModal();
    dialog.querySelector("[data-confirm-no]").focus();
  }

  function onSubmit(event) {
    const form = event.target;
    const source = event.submitter && event.submitter.dataset.confirm ? event.submitter : form;
    const text = source.dataset.confirm;
    if (!text || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  }

  function onClick(event) {
    const target = event.target;
    closeMenus(target.closest("details[data-menu]"));
    if (target.closest("[data-confirm-no]")) target.closest("dialog").close();
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-toast]").remove();
    const step = target.closest("[data-step]");
    if (step) stepQuantity(step);
  }

  /* One box ticks all of its name; without script each is ticked by itself. */
  function onChange(event) {
    const name = event.target.dataset && event.target.dataset.checkAll;
    if (!name) return;
    const boxes = event.target.form.querySelectorAll(`input[type="checkbox"][name="${name}"]`);
    boxes.forEach((box) => {
      box.checked = event.target.checked;
    });
  }

  function stepQuantity(button) {
    const input = button.closest("[data-quantity]").querySelector("input");
    if (button.dataset.step === "1") input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* Shows the controls that only work with script; also in parts that htmx swaps in. */
  function reveal(root) {
    root.querySelectorAll("[data-dismiss], [data-step], [data-check-all]").forEach((element) => {
      element.hidden = false;
    });
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }

  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onEscape);
  document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
  setUpTheme();
  setUpShortcut();
  setUpNavigation();
  reveal(document);
})();
