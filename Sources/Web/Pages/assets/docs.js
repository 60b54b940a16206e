import { $, api, begin, h, session } from "/assets/ui.js";
import { t } from "/assets/i18n.js";

const VERBS = ["get", "post", "put", "patch", "delete"], DEEP = 6;

begin();
$("link").remove();
$("language").parentElement.prepend(h("span.small.muted", { id: "version" }));

/** What shows a document and its entry in the index. @type {{node: HTMLElement, words: string}[]} */
const entries = [];

/** Follows `$ref` inside one document. */
function resolver(document) {
  return function resolve(value) {
    for (let hops = 0; value?.$ref && hops < 10; hops++) {
      const steps = value.$ref.replace(/^#\//, "").split("/").map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
      value = steps.reduce((node, part) => node?.[part], document);
    }
    return value ?? {};
  };
}

// Schemas

function typeName(schema, resolve) {
  const names = [schema.type ?? (schema.properties ? "object" : "")].flat();
  const list = schema.items ? ` [${typeName(resolve(schema.items), resolve)}]` : "";
  const one = schema.oneOf ?? schema.anyOf;
  if (one) return one.map((part) => typeName(resolve(part), resolve)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  return (names.filter(Boolean).join(" | ") || "any") + (schema.format ? ` (${schema.format})` : "") + list;
}

/** One member and, indented, what is in it. */
function schemaView(value, resolve, { name, required, depth = 0 } = {}) {
  const schema = resolve(value), inner = resolve(schema.items ?? schema), parts = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  const needs = new Set(inner.required ?? []);
  const children = depth > DEEP ? [] : [
    ...Object.entries(inner.properties ?? {}).map(([key, part]) => schemaView(part, resolve, { name: key, required: needs.has(key), depth: depth + 1 })),
    ...parts.map((part) => schemaView(part, resolve, { depth: depth + 1 })),
  ];
  return h("div.schema", {}, h("div", {}, name && h("code", {}, name), name && " ",
    h("span.type", {}, typeName(schema, resolve)), required && h("span.need", {}, ` ${t("docs.required")}`),
    schema.description && h("span.muted", {}, ` – ${schema.description}`)), ...children);
}

/** A value that fits a schema, to begin a try with. */
function sample(value, resolve, depth = 0) {
  const schema = resolve(value);
  const given = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (given !== undefined || depth > DEEP) return given ?? null;
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(part, resolve, depth + 1)));
  const type = [schema.type ?? (schema.properties ? "object" : "string")].flat()[0];
  if (type === "object") return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, sample(part, resolve, depth + 1)]));
  if (type === "array") return schema.items ? [sample(schema.items, resolve, depth + 1)] : [];
  return { integer: 0, number: 0, boolean: false, null: null }[type] ?? "";
}

const code = (value) => h("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
const part = (title, ...children) => h("div", {}, h("h3", {}, t(title)), ...children);

function table(headings, rows) {
  return h("div.table", {}, h("table", {}, h("thead", {}, h("tr", {}, ...headings.map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell)))))));
}

/** One folded call or frame; what is inside is made when it is opened. */
function fold(verb, title, summary, words, inside) {
  const node = h("details.card.call", { ontoggle: () => { if (node.open && !node.querySelector(".inner")) node.append(h("div.inner", {}, ...inside())); } },
    h("summary", {}, h(`span.verb.${verb}`, {}, verb.toUpperCase()), h("code", {}, title), h("span", {}, summary ?? "")));
  entries.push({ node, words: `${verb} ${title} ${summary ?? ""} ${words}`.toLowerCase() });
  return node;
}

function section(id, title, nodes) {
  $("index").append(h("a", { href: `#${id}` }, title));
  return h("section", { id }, h("h2", {}, title), ...nodes);
}

// HTTP calls

function showHTTP(document) {
  const resolve = resolver(document), tags = new Map((document.tags ?? []).map((tag) => [tag.name, { ...tag, calls: [] }]));
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const verb of VERBS.filter((verb) => item[verb])) {
      const tag = item[verb].tags?.[0] ?? t("docs.other");
      if (!tags.has(tag)) tags.set(tag, { name: tag, calls: [] });
      tags.get(tag).calls.push(callView(verb, path, item[verb], item.parameters ?? [], resolve));
    }
  }
  $("version").textContent = `${document.info?.title ?? ""} ${document.info?.version ?? ""}`;
  $("index").append(h("strong", {}, t("docs.http")));
  for (const { name, description, calls } of tags.values()) {
    if (calls.length) $("http").append(section(`http-${name}`, name, [description && h("p.muted", {}, description), ...calls].filter(Boolean)));
  }
}

function callView(verb, path, call, shared, resolve) {
  const parameters = [...shared, ...(call.parameters ?? [])].map(resolve);
  return fold(verb, path, call.summary, `${call.description ?? ""} ${call.tags ?? ""} ${parameters.map(({ name }) => name).join(" ")}`, () => [
    call.description && h("p", {}, call.description),
    parameters.length && part("docs.parameters", table(["docs.name", "docs.where", "docs.type", "docs.meaning"], parameters.map((parameter) => [
      h("code", {}, parameter.name), parameter.in, typeName(resolve(parameter.schema), resolve),
      `${parameter.required ? `${t("docs.required")}. ` : ""}${parameter.description ?? ""}`]))),
    call.requestBody && part("docs.body", ...Object.entries(resolve(call.requestBody).content ?? {}).flatMap(([type, body]) => [
      h("p.small.muted", {}, type), schemaView(body.schema ?? {}, resolve)])),
    part("docs.answers", ...Object.entries(call.responses ?? {}).map(([status, answer]) => answerView(status, resolve(answer), resolve))),
    tryForm(verb, path, parameters, resolve(call.requestBody).content ?? {}, resolve),
  ].filter(Boolean));
}

function answerView(status, answer, resolve) {
  const bodies = Object.values(answer.content ?? {});
  return h("div", {}, h("p", {}, h("code", {}, status), ` ${answer.description ?? ""}`), ...bodies.flatMap((body) => {
    const examples = body.example !== undefined ? [body.example] : Object.values(body.examples ?? {}).map((example) => resolve(example).value);
    return [body.schema && schemaView(body.schema, resolve), ...examples.map(code)].filter(Boolean);
  }));
}

// Trying a call

function tryForm(verb, path, parameters, bodies, resolve) {
  const [type] = Object.keys(bodies), isForm = /form/.test(type ?? ""), isUpload = /^multipart/.test(type ?? "");
  const fields = parameters.filter((parameter) => ["path", "query", "header"].includes(parameter.in))
    .map((parameter) => ({ ...parameter, input: h("input", { value: parameter.example ?? resolve(parameter.schema).example ?? "", required: parameter.in === "path" }) }));
  const formFields = isForm ? Object.entries(resolve(bodies[type].schema).properties ?? {})
    .map(([name, schema]) => ({ name, input: h("input", resolve(schema).format === "binary" ? { type: "file" } : { value: resolve(schema).example ?? "" }) })) : [];
  const body = type && !isForm && h("textarea", { rows: 8, spellcheck: "false", "aria-label": t("docs.body") });
  if (body) body.value = JSON.stringify(bodies[type].example ?? sample(bodies[type].schema ?? {}, resolve), null, 2);
  const token = h("input", { type: "checkbox", checked: true }), result = h("div", { "aria-live": "polite" });
  const send = async (event) => {
    event.preventDefault();
    const url = new URL(path.replace(/\{([^}]+)\}/g, (whole, name) =>
      encodeURIComponent(fields.find((field) => field.name === name)?.input.value ?? whole)), location.origin);
    const headers = {}, login = session.get();
    for (const field of fields.filter(({ input }) => input.value !== "")) {
      if (field.in === "query") url.searchParams.set(field.name, field.input.value);
      if (field.in === "header") headers[field.name] = field.input.value;
    }
    if (login && token.checked) headers.token = login.token;
    if (body) headers["Content-Type"] = type;
    const payload = isForm ? (isUpload ? new FormData() : new URLSearchParams()) : body?.value;
    for (const { name, input } of formFields.filter(({ input }) => input.value !== "")) payload.append(name, input.files?.[0] ?? input.value);
    result.replaceChildren(...await perform(url, { method: verb.toUpperCase(), headers, body: payload || undefined }));
  };
  const label = ({ name, input }) => h("label", {}, name, input);
  return h("form.form.try", { onsubmit: send }, h("h3", {}, t("docs.try")), ...fields.map(label), ...formFields.map(label),
    body && h("label", {}, type, body), session.get() && h("label.check", {}, token, t("docs.token")),
    h("div", {}, h("button.primary", {}, t("docs.send"))), result);
}

async function perform(url, request) {
  const start = performance.now();
  try {
    const response = await fetch(url, request), text = await response.text();
    const ms = Math.round(performance.now() - start);
    let shown = text;
    try { shown = JSON.parse(text); } catch { /* not JSON: as it came */ }
    return [h("p.small", {}, h("code", {}, `${request.method} ${decodeURI(url.pathname + url.search)}`), ` → ${t("docs.result", { status: response.status, ms })}`), code(shown)];
  } catch {
    return [h("p.bad", {}, t("error.network"))];
  }
}

// Topics and frames: operations say who sends, channels say where

function showEvents(document) {
  const resolve = resolver(document), channels = document.channels ?? {}, tags = new Map();
  for (const [key, operation] of Object.entries(document.operations ?? {})) {
    const channel = resolve(operation.channel);
    // A channel without an address is the connection itself: its frames go by their names.
    const name = channel.address ?? resolve(operation.messages?.[0] ?? {}).name ?? key;
    const tag = operation.tags?.[0]?.name ?? channel.tags?.[0]?.name ?? channel.address?.split(".")[0] ?? channel.title ?? key;
    if (!tags.has(tag)) tags.set(tag, []);
    tags.get(tag).push(topicView(operation.action ?? "receive", name, operation.summary ?? operation.title ?? channel.summary,
      channel, operation.messages ?? Object.values(channel.messages ?? {}), resolve));
  }
  const used = new Set(Object.values(document.operations ?? {}).map((operation) => resolve(operation.channel)));
  for (const [key, channel] of Object.entries(channels).filter(([, channel]) => !used.has(channel))) {
    const tag = channel.tags?.[0]?.name ?? (channel.address ?? key).split(".")[0];
    if (!tags.has(tag)) tags.set(tag, []);
    tags.get(tag).push(topicView("topic", channel.address ?? key, channel.summary ?? channel.title, channel, Object.values(channel.messages ?? {}), resolve));
  }
  if (tags.size) $("index").append(h("strong", {}, t("docs.events")));
  for (const [name, nodes] of tags) $("events").append(section(`events-${name}`, name, nodes));
}

function topicView(action, address, summary, channel, messages, resolve) {
  const names = messages.map((message) => resolve(message).name ?? "").join(" ");
  return fold(action, address, summary ?? channel.description, `${channel.description ?? ""} ${names}`, () => [
    channel.description && h("p", {}, channel.description),
    channel.parameters && part("docs.parameters", table(["docs.name", "docs.meaning"], Object.entries(channel.parameters)
      .map(([name, value]) => [h("code", {}, name), resolve(value).description ?? ""]))),
    messages.length && part("docs.messages", ...messages.map((reference) => {
      const message = resolve(reference);
      return h("div.form", {}, h("p", {}, h("code", {}, message.name ?? message.title ?? ""), ` ${message.summary ?? message.description ?? ""}`),
        message.payload && schemaView(message.payload, resolve), ...(message.examples ?? []).map((example) => code(example.payload)));
    })),
  ].filter(Boolean));
}

// The page

async function load(path, show) {
  try {
    show(await api(path));
  } catch {
    $(show === showHTTP ? "http" : "events").append(h("p.empty", {}, t("docs.missing", { path })));
  }
}

function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { node, words: text } of entries) node.hidden = !words.every((word) => text.includes(word));
  for (const node of document.querySelectorAll(".docs section[id]")) node.hidden = [...node.querySelectorAll(".call")].every((call) => call.hidden);
  $("nothing").hidden = entries.some(({ node }) => !node.hidden);
}

$("filter").closest("section").append(h("p.empty", { id: "nothing", hidden: true }, t("docs.nothing")));
$("filter").addEventListener("input", filter);
await load("/openapi.json", showHTTP);
await load("/asyncapi.json", showEvents);
if (location.hash) $(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
