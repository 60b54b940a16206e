// What all pages share: making elements, the frame around the page, the login, calls to the server, times.
import { Muster } from "/sdk/muster.js";
import { has, language, switchLanguage, t, translate } from "/assets/i18n.js";

export { clockTime, dateName, dayOf, isElsewhere, local, moment, zone } from "/assets/zone.js";

/**
 * Makes an element. Text goes in as text and never as markup.
 * @param {string} name `"li"`, or `"li.line.mine"` with classes
 * @param {Record<string, any>} [properties] `on…` are listeners; true and false set and leave out an attribute
 * @param {...(Node|string|null|undefined|false)} children
 */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split("."), node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

/** @returns {HTMLElement} the element with this id */
export const $ = (id) => document.getElementById(id);

// The login. For this tab alone unless the person asks to stay logged in: lab machines are shared.
const stores = () => [sessionStorage, localStorage];
export const session = {
  /** @returns {{token: string, name: string, roles?: string[]}|null} */
  get() {
    const text = stores().map((store) => store.getItem("muster.login")).find(Boolean);
    try { return text ? JSON.parse(text) : null; } catch { return null; }
  },
  set(login, keep) {
    this.clear();
    stores()[keep ? 1 : 0].setItem("muster.login", JSON.stringify(login));
    showMenu();
  },
  clear() {
    for (const store of stores()) store.removeItem("muster.login");
    showMenu();
  },
};

/** Is somebody logged in who looks after the server? What they may do, the server decides. */
export const isStaff = () => ["staff", "admin"].some((role) => session.get()?.roles?.includes(role));

/** The way to the page of the staff is for those who may go there. */
function showMenu() {
  const nav = document.querySelector(".top nav"), link = nav.querySelector("[href='/admin']");
  if (link?.hasAttribute("aria-current")) return;
  if (!isStaff()) link?.remove();
  else if (!link) nav.append(h("a", { href: "/admin" }, t("nav.admin")));
}

/** Forgets the login here and, if it can be reached, on the server. */
export async function logOut() {
  const over = api("/api/v1/logout", { method: "POST" });
  session.clear();
  await over.catch(() => {});
}

/** Takes out of the page what only whoever was logged in may see. @param {string[]} ids of elements and forms */
export function empty(...ids) {
  for (const id of ids) {
    const node = $(id);
    if (node instanceof HTMLFormElement) node.reset();
    else node.replaceChildren();
  }
}

/**
 * Calls the server.
 * @param {string} path @param {{method?: string, form?: Record<string, any>, json?: any}} [options] with `form` or `json` a POST
 * @returns {Promise<any>} the JSON of the answer; rejects with a readable sentence, and the answer with its status
 */
export async function api(path, { method, form, json } = {}) {
  const headers = { Accept: "application/json" }, login = session.get();
  if (login) headers.token = login.token;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form);
  let response;
  try {
    response = await fetch(path, { method: method ?? (body ? "POST" : "GET"), headers, body });
  } catch {
    throw new Error(t("error.network"));
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    const sentence = response.status === 429 ? t("error.111") : t("error.answer", { status: response.status });
    throw Object.assign(new Error(sentence), { status: response.status, answer });
  }
  return answer;
}

/** A refusal of the hub in words. @param {{code?: number, reason?: string, message?: string}} error */
export const explain = (error) =>
  has(`error.${error.code}`) ? t(`error.${error.code}`) : t("error.other", { reason: error.reason || error.message || error.code });

/** Shows the page in its language and gives the frame its life; every page calls this first. */
export function begin() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  showMenu();
  translate(document);
  $("language").addEventListener("click", switchLanguage);
  document.documentElement.dataset.ready = "";
}

/**
 * Connects to the hub as whoever is logged in, and shows how that stands.
 * @param {string} client the page's name @param {(state: string, info: object) => void} [onState]
 */
export function connect(client, onState) {
  const hub = new Muster({
    client: `${client}/1.0`,
    token: ({ expired }) => { if (expired) session.clear(); return session.get()?.token; },
    onState: (state, info) => {
      // A login that the server no longer knows must not lock the page: go on as a guest.
      if (state === "stopped" && info.code === 4001 && session.get()) { session.clear(); return void setTimeout(() => hub.reconnect()); }
      showLink(hub, state, info);
      onState?.(state, info);
    },
  });
  return hub;
}

function showLink(hub, state, { code }) {
  $("link").replaceChildren(h(`span.dot.${state}`), h("span", {}, t(`link.${state}`)));
  $("stopped")?.remove();
  if (state !== "stopped") return;
  const isOver = code === 4001 || code === 4008, elsewhere = code === 4008 && !session.get();
  if (code === 4008) session.clear();
  const key = elsewhere ? "link.stopped.elsewhere" : has(`link.stopped.${code}`) ? `link.stopped.${code}` : "link.stopped.other";
  document.querySelector(".top").after(h("div.bar.warn", { id: "stopped", role: "alert" }, t(key), " ",
    isOver && h("button.quiet", { onclick: async () => { if (await askLogin()) hub.reconnect(); } }, t("login")),
    code === 4000 ? h("button.quiet", { onclick: () => location.reload() }, t("link.reload"))
      : h("button.quiet", { onclick: () => hub.reconnect() }, t("link.again"))));
}

const refusals = { "user exist": "login.taken", "missing parameters": "login.missing", "registration closed": "login.closed" };

/**
 * Asks for a name and a password, or makes an account with a telephone number.
 * @param {{registers?: boolean, keeps?: boolean}} [options] whether making an account is offered; whether the login is kept unless the person says no
 * @returns {Promise<boolean>} true when somebody logged in
 */
export function askLogin({ registers = true, keeps = false } = {}) {
  return new Promise((resolve) => {
    let registering = false;
    const name = h("input", { name: "user_name", autocomplete: "nickname", maxlength: 32 });
    const nameLabel = h("label", { hidden: true }, t("login.name"), name);
    const who = h("input", { name: "login", autocomplete: "username", required: true });
    const whoText = h("span", {}, t("login.who"));
    const password = h("input", { name: "user_password", type: "password", autocomplete: "current-password", required: true });
    const keep = h("input", { type: "checkbox", checked: keeps });
    const problem = h("p.bad.small", { role: "alert" });
    const title = h("h2", {}, t("login")), submit = h("button.primary", {}, t("login"));
    const other = h("button.quiet", { type: "button", onclick: () => {
      registering = !registering;
      nameLabel.hidden = !registering;
      title.textContent = submit.textContent = t(registering ? "register" : "login");
      other.textContent = t(registering ? "login.have" : "register");
      password.autocomplete = registering ? "new-password" : "current-password";
      whoText.textContent = t(registering ? "login.tel" : "login.who");
      who.inputMode = registering ? "numeric" : "text";
    } }, t("register"));
    const register = async (form) => {
      const { res } = await api("/auth/register", { form });
      if (!/successfully$/.test(res)) throw new Error(has(refusals[res]) ? t(refusals[res]) : res);
    };
    const form = h("form.form", { onsubmit: async (event) => {
      event.preventDefault();
      problem.textContent = "";
      submit.disabled = true;
      const login = who.value.trim();
      try {
        if (registering) await register({ user_tel: login, user_password: password.value, user_name: name.value.trim() });
        const { token, user } = await api("/api/v1/login", { json: { login, password: password.value } });
        session.set({ token, name: user.name, roles: user.roles }, keep.checked);
        dialog.close("done");
      } catch (error) {
        problem.textContent = error.status === 401 ? t("login.wrong") : error.message;
      }
      submit.disabled = false;
    } }, title, h("label", {}, whoText, who), nameLabel, h("label", {}, t("login.password"), password),
    h("label.check", {}, keep, t("login.keep")), problem,
    h("div.row", {}, submit, h("button", { type: "button", onclick: () => dialog.close() }, t("cancel"))), registers && h("div", {}, other));
    const dialog = h("dialog", { "aria-label": t("login"), onclose: () => { dialog.remove(); resolve(dialog.returnValue === "done"); } }, form);
    document.body.append(dialog);
    dialog.showModal();
    who.focus();
  });
}

/** A round sign for a person: the first letter on a colour of their own. @param {string} name */
export function face(name) {
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  const node = h("span.face", { "aria-hidden": "true" }, ([...name][0] ?? "?").toUpperCase());
  node.style.setProperty("--hue", hue);
  return node;
}

/**
 * Draws at once, and then at most so often, however often it is asked to: a thousand events a second are a few
 * drawings. A hidden page does not draw at all.
 * @param {() => void} draw @param {number} [everyMs] @returns {() => void}
 */
export function soon(draw, everyMs = 0) {
  let asked = false, last = 0;
  const now = () => requestAnimationFrame(() => {
    asked = false;
    last = performance.now();
    draw();
  });
  return () => {
    if (asked) return;
    asked = true;
    setTimeout(now, Math.max(0, last + everyMs - performance.now()));
  };
}

const two = (number) => String(number).padStart(2, "0");

/** `1:04:09`, `12:30:00`, `3 d 4:05`. @param {number} ms */
export function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000)), hours = Math.floor(s / 3600) % 24, days = Math.floor(s / 86400), minutes = two(Math.floor(s / 60) % 60);
  return days ? t("days", { d: days.toLocaleString(language), rest: `${hours}:${minutes}` }) : `${hours}:${minutes}:${two(s % 60)}`;
}

/** `8 s`, `5 min`, `2:03:00`: an age in few letters. @param {number} ms */
export function age(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : duration(ms);
}
