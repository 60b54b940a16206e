// Muster's JavaScript client: one module, no dependency. The wire is described in docs/protocol.md.
//
//   const hub = new Muster({ token: async () => localStorage.token, client: "example/1.0" });
//   hub.subscribe("chat.room.TEST", { presence: true, onEvent: (data) => console.log(data) });
//   await hub.publish("chat.room.TEST", { msg: "hello" });

/** @typedef {{id: string, name: string, avatar: string, state: "online"|"unstable", conns?: number, since?: number, until?: number}} Member */
/** @typedef {{members: Map<string, Member>, total: number, rev: number, countsOnly: boolean}} Presence */
/** @typedef {{type: "event", topic: string, offset?: number, ts: number, data: any}} EventFrame */
/** @typedef {"connecting"|"live"|"waiting"|"stopped"|"closed"} State */

/**
 * @typedef {object} TopicHandlers Every one may be left out; none is called after `close()`.
 * @property {boolean} [presence] keep `subscription.presence` complete
 * @property {(data: any, frame: EventFrame) => void} [onEvent] each event once, in order
 * @property {(snapshot: any, frame: object) => void} [onSnapshot] the whole state, at the start and after a loss
 * @property {(reason: string, snapshot: any) => void} [onReset] what was missed cannot be replayed: forget
 *   what you have; `onSnapshot` follows if there is a state
 * @property {(presence: Presence, diff: object|null) => void} [onPresence] `diff` is null for a whole new list
 * @property {(ageMs: number) => void} [onStale] the data may be old: at once, then every second
 * @property {(info: {recovered: boolean, first: boolean}) => void} [onLive] the data are current (again)
 * @property {(error: MusterError) => void} [onError] the topic was refused; it is tried again on the next connection
 */

const PING_MS = 10_000; // silence after which either side pings
const STALE_MS = 16_000; // silence after which data are called old: one ping, its answer, some slack
const PROBE_MS = 5_000; // how long a woken tab waits for an answer
const STEADY_MS = 10_000; // a connection that lived this long ends a series of failures
const SAME_ID_MS = 300_000; // how long the server knows a publish by its id

export class MusterError extends Error {
  /** @param {{code?: number, reason?: string, msg?: string, temporary?: boolean, retry_after_ms?: number}} data */
  constructor(data) {
    super(data.msg || data.reason || "error");
    this.name = "MusterError";
    this.code = data.code ?? 0;
    this.reason = data.reason ?? "";
    this.temporary = data.temporary === true;
    this.retryAfter = data.retry_after_ms ?? 0;
  }
}

const gone = () => new MusterError({ reason: "disconnected", temporary: true });
const random = (limit) => Math.random() * limit;
const uid = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(36)).join("");

/** One topic of one connection; made by `Muster.subscribe` and kept across reconnects. */
class Subscription {
  /** @type {Presence} */
  presence = { members: new Map(), total: 0, rev: 0, countsOnly: false };
  offset; epoch; live = false; first = true; timer = 0;
  failed = null; // why the server refused this topic, until the next connection
  early = []; // events that came before the answer to `subscribe`
  held = null; // presence diffs that wait for the answer to a gap

  /** @param {Muster} hub @param {string} topic @param {TopicHandlers} handlers */
  constructor(hub, topic, handlers) { Object.assign(this, { hub, topic, on: handlers }); }

  /** Older events. @param {{before?: number, limit?: number}} [page] @returns {Promise<{events: EventFrame[], more: boolean}>} */
  async history(page = {}) {
    const frame = await this.hub.request({ type: "history", topic: this.topic, data: page });
    return { events: frame.data.events ?? [], more: frame.data.more === true };
  }

  /** One page of the members of a topic too big for a whole list. @param {{after?: number, limit?: number}} [page] `after`: `next` of the page before */
  async members(page = {}) {
    return (await this.hub.request({ type: "presence", topic: this.topic, data: page })).data;
  }

  publish(data, id) { return this.hub.publish(this.topic, data, id); }
  close() { this.hub.unsubscribe(this); }

  /** Asks for the topic, from the last known position if there is one. */
  async start(fresh = false) {
    clearTimeout(this.timer);
    this.failed = null;
    const data = { presence: this.on.presence === true, batch: true };
    if (this.offset !== undefined && !fresh) data.recover = { offset: this.offset, epoch: this.epoch };
    try {
      this.started(await this.hub.request({ type: "subscribe", topic: this.topic, data }));
    } catch (error) {
      if (this.closed || error.reason === "disconnected") return;
      if (error.code === 112 && !fresh) return void this.start(true);
      if (error.temporary) this.timer = setTimeout(() => this.closed || this.start(), error.retryAfter || 1000 + random(4000));
      else this.hub.refuse(this.topic, (this.failed = error));
      this.on.onError?.(error);
    }
  }

  started(frame) {
    if (this.closed) return;
    const { recovered, reason, snapshot, events = [], presence } = frame.data ?? {};
    const lost = recovered === false || (recovered === undefined && !this.first && frame.epoch !== this.epoch);
    if (recovered !== true) { this.offset = undefined; this.epoch = frame.epoch; }
    if (lost) this.on.onReset?.(reason ?? "", snapshot);
    if (snapshot != null) this.on.onSnapshot?.(snapshot, frame);
    for (const event of [...events, ...this.early.splice(0)]) this.event(event);
    if (frame.offset !== undefined) this.offset = Math.max(this.offset ?? 0, frame.offset);
    this.held = null;
    if (presence) this.whole(presence, presence.rev);
    const first = this.first;
    this.live = true; this.first = false;
    this.hub.flush(this.topic);
    this.on.onLive?.({ recovered: recovered === true, first });
  }

  /** The server took us out of the topic; coming back is for the page to decide. */
  removed(reason) {
    this.hub.unsubscribe(this);
    this.on.onError?.(new MusterError({ reason }));
  }

  /** An event, now or when the answer to `subscribe` is there. */
  take(frame) { this.live ? this.event(frame) : this.early.push(frame); }

  event(frame) {
    if (frame.offset !== undefined) {
      if (frame.offset <= (this.offset ?? -1)) return;
      this.offset = frame.offset;
    }
    this.on.onEvent?.(frame.data, frame);
  }

  /** Takes a whole list, page by page if it comes in pages, and then what happened meanwhile. */
  async whole(data, rev) {
    const list = [...(data.members ?? [])];
    try {
      for (let page = data; page.next !== undefined; list.push(...page.members ?? [])) {
        this.held ??= [];
        page = await this.members({ after: page.next });
      }
    } catch { this.held = null; return; } // the next connection brings a new list, or the next change shows the gap
    const held = this.held ?? [];
    this.held = null;
    if (data.members || data.counts_only) this.presence.members = new Map(list.map((member) => [member.id, member]));
    Object.assign(this.presence, { rev, total: data.total, countsOnly: data.counts_only === true });
    this.on.onPresence?.(this.presence, null);
    for (const frame of held) this.diff(frame);
  }

  diff(frame) {
    const { presence } = this, { rev, data } = frame;
    if (this.held) return void this.held.push(frame);
    if (data.counts_only) {
      Object.assign(presence, { total: data.total, rev: rev ?? presence.rev, countsOnly: true });
      presence.members.clear();
      return this.on.onPresence?.(presence, data);
    }
    if (rev <= presence.rev) return;
    if (rev !== presence.rev + 1 || presence.countsOnly) return this.resync(frame);
    for (const member of data.join ?? []) presence.members.set(member.id, member);
    for (const { id, ...change } of data.update ?? []) {
      const { until, ...member } = presence.members.get(id) ?? { id };
      presence.members.set(id, { ...member, ...change });
    }
    for (const { id } of data.leave ?? []) presence.members.delete(id);
    Object.assign(presence, { rev, total: data.total ?? presence.members.size });
    this.on.onPresence?.(presence, data);
  }

  async resync(frame) {
    this.held = [frame];
    try {
      const answer = await this.hub.request({ type: "presence", topic: this.topic, data: { rev: this.presence.rev } });
      await this.whole(answer.data, answer.rev ?? answer.data.rev);
    } catch { this.held = null; }
  }
}

/** A connection that keeps itself alive, and everything that must survive a reconnect. */
export class Muster {
  /** @type {State} */ state = "connecting";
  /** Who the server says we are; null before the first welcome. */ user = null;
  /** What the last welcome said. */ welcome = null;
  #ws = null; #options; #session; #topics = new Map(); #requests = new Map(); #outbox = new Map(); #holds = new Set();
  #tries = 0; #left = 0; #liveAt = 0; #received = 0; #sent = 0; #stale = 0; #probe = 0; #retry = 0; #tick = 0; #pinged = 0; #listeners = [];
  /** Milliseconds that the last ping and its answer took; null before the first. @type {number|null} */ roundTrip = null;
  #goodbye = null; #expired = false; #turn = null; #next = 1; #prefix = uid().slice(0, 10); #clock = { offset: 0, rtt: Infinity };

  /**
   * Connects at once.
   * @param {object} [options]
   * @param {string} [options.url] default: `/ws` of this page's host
   * @param {(info: {expired: boolean}) => (string|null|undefined|Promise<string|null|undefined>)} [options.token]
   *   asked before every connection; `expired` when the last one was refused as too old
   * @param {string} [options.client] name and version, for the server's logs
   * @param {number} [options.queue] publishes kept while offline, 200 unless told
   * @param {(state: State, info: {code?: number, reason?: string, retryInMs?: number}) => void} [options.onState]
   * @param {(error: MusterError) => void} [options.onError] an error that answers no request
   */
  constructor(options = {}) {
    const url = options.url ?? new URL("/ws", location.href.replace(/^http/, "ws")).href;
    this.#options = { client: "muster.js/2", queue: 200, ...options, url };
    this.#takeSession();
    this.#listen("visibilitychange", () => document.visibilityState === "visible" && this.#wake(), globalThis.document);
    this.#listen("online", () => this.#wake());
    this.#listen("offline", () => this.#wake());
    this.#listen("pageshow", (event) => event.persisted && (this.#takeSession(), this.#wake()));
    this.#listen("pagehide", () => globalThis.sessionStorage?.setItem("muster.session", this.#session));
    this.#tick = setInterval(() => this.#check(), 1000);
    this.#connect();
  }

  // A duplicated tab gets a copy of sessionStorage. The id therefore lies there only between two pages of
  // one tab, so that no two living tabs share it.
  #takeSession() {
    this.#session = globalThis.sessionStorage?.getItem("muster.session") || "s_" + uid();
    globalThis.sessionStorage?.removeItem("muster.session");
  }

  #listen(name, handler, target = globalThis) {
    target?.addEventListener?.(name, handler);
    this.#listeners.push(() => target?.removeEventListener?.(name, handler));
  }

  /** The server's clock, Unix milliseconds. */
  now() { return Date.now() + this.#clock.offset; }

  /** Milliseconds since the last sign of life: how old the shown data may be. */
  age() { return this.#received ? Math.max(0, Date.now() - this.#received) : Infinity; }

  /** An id for `publish`, for pages that show a message before it is acknowledged. */
  newId() { return `${this.#prefix}-${this.#next++}`; }

  /** Follows a topic until `close()` of the result. @param {string} topic @param {TopicHandlers} [handlers] */
  subscribe(topic, handlers = {}) {
    if (this.#topics.has(topic)) throw new MusterError({ code: 105, reason: "already_subscribed" });
    const subscription = new Subscription(this, topic, handlers);
    this.#topics.set(topic, subscription);
    if (this.state === "live") subscription.start();
    return subscription;
  }

  unsubscribe(subscription) {
    if (subscription.closed) return;
    subscription.closed = true;
    this.#topics.delete(subscription.topic);
    this.refuse(subscription.topic, new MusterError({ reason: "unsubscribed" }));
    // Without an id the answer would look like being put out, perhaps of a new subscription.
    if (this.state === "live") this.request({ type: "unsubscribe", topic: subscription.topic }).catch(() => {});
  }

  /**
   * Resolves when the server has the message; resent with the same id until then, so it is delivered once.
   * @param {string} topic @param {any} data @param {string} [id] from `newId()`
   * @returns {Promise<{id: string, offset?: number, epoch?: string, ts: number}>} rejects with a `MusterError`
   */
  publish(topic, data, id = this.newId()) {
    return new Promise((resolve, reject) => {
      const frame = { type: "publish", id, topic, data };
      const bytes = new TextEncoder().encode(JSON.stringify(frame)).length;
      if (bytes > (this.welcome ? this.welcome.max_message || Infinity : 65536)) return reject(new MusterError({ code: 106, reason: "limit_exceeded" }));
      if (["stopped", "closed"].includes(this.state)) return reject(new MusterError({ reason: this.state }));
      const { failed } = this.#topics.get(topic) ?? {};
      if (failed) return reject(failed);
      if (this.#outbox.size >= this.#options.queue) return reject(new MusterError({ code: 106, reason: "queue_full", temporary: true }));
      this.#outbox.set(id, { frame, resolve, reject, sentAt: 0, onWire: false, tries: 0 });
      this.flush(topic);
    });
  }

  /** Sends what waits for this topic, in order; a topic that is followed must be there first. */
  flush(topic) {
    const subscription = this.#topics.get(topic);
    if (this.state !== "live" || this.#holds.has(topic) || (subscription && !subscription.live)) return;
    for (const [id, entry] of this.#outbox) {
      if (entry.frame.topic !== topic || entry.onWire) continue;
      if (entry.sentAt && Date.now() - entry.sentAt > SAME_ID_MS - 10_000) {
        this.#settle(id).reject(new MusterError({ reason: "outcome_unknown" }));
        continue;
      }
      entry.onWire = true;
      entry.sentAt ||= Date.now();
      this.#send(entry.frame);
    }
  }

  #settle(id) {
    const entry = this.#outbox.get(id);
    this.#outbox.delete(id);
    return entry;
  }

  /** Rejects what waits to be published in a topic that cannot be had. */
  refuse(topic, error) {
    for (const [id, { frame }] of this.#outbox) if (frame.topic === topic) this.#settle(id).reject(error);
  }

  /** Sends one frame and waits for its answer; rejects with `disconnected` if the connection ends first. */
  request(frame) {
    return new Promise((resolve, reject) => {
      if (!this.#ws || (this.state !== "live" && frame.type !== "hello")) return reject(gone());
      const id = this.#next++;
      this.#requests.set(id, { resolve, reject });
      this.#send({ ...frame, id });
    });
  }

  /** Connects anew at once, for example as somebody else after a login. */
  reconnect() { this.#end("connecting"); this.#tries = this.#left = 0; this.#connect(); }

  /** Says goodbye: presence ends at once and nothing is tried again. */
  close() {
    clearInterval(this.#tick);
    for (const remove of this.#listeners.splice(0)) remove();
    this.#end("closed");
    this.#rejectAll(new MusterError({ reason: "closed" }));
  }

  #end(state) {
    if (this.state === "live") this.#send({ type: "bye" });
    this.#drop(1000);
    this.#setState(state, {});
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#setState("connecting", {});
    this.#goodbye = null;
    const turn = (this.#turn = {}); // whoever starts later wins over a slow token callback
    let token;
    try {
      token = await this.#options.token?.({ expired: this.#expired });
    } catch (error) {
      if (turn === this.#turn) this.#lost(0, error.message);
      return;
    }
    if (turn !== this.#turn || this.state !== "connecting") return;
    this.#expired = false;
    const ws = (this.#ws = new WebSocket(this.#options.url));
    const opened = Date.now();
    ws.onopen = () => ws === this.#ws && this.#hello(token);
    ws.onmessage = (event) => ws === this.#ws && this.#message(event.data);
    ws.onclose = (event) => ws === this.#ws && this.#lost(event.code, event.reason);
    setTimeout(() => ws === this.#ws && this.state !== "live" && this.#drop(3000, () => this.#lost(0, "no welcome")), 10_000);
  }

  async #hello(token) {
    const sent = Date.now();
    const data = { client: this.#options.client, session: this.#session };
    if (token) data.token = token;
    try {
      const frame = await this.request({ type: "hello", data });
      this.welcome = frame.data;
      this.user = frame.data.user ?? null;
      this.#session = frame.data.session ?? this.#session;
      this.#setClock(sent, frame.ts);
      this.#liveAt = Date.now();
      this.#fresh();
      this.#setState("live", {});
      for (const subscription of [...this.#topics.values()]) subscription.start();
      for (const topic of new Set([...this.#outbox.values()].map((entry) => entry.frame.topic))) this.flush(topic);
    } catch (error) {
      if (error.reason === "disconnected") return;
      this.#drop(3000);
      const stop = !error.temporary && error.code !== 109;
      this.#lost(stop ? 4001 : 0, error.reason);
    }
  }

  #message(text) {
    const silence = this.age();
    this.#received = Date.now();
    this.#probe = 0;
    if (silence > 6 * PING_MS) this.#startProbe(); // buffered bytes of a dead connection prove nothing
    let frame;
    try { frame = JSON.parse(text); } catch { return; }
    const { type, re, topic } = frame, subscription = this.#topics.get(topic);
    if (type === "ping") this.#send({ type: "pong", data: { t: frame.ts } });
    else if (type === "pong") this.#ponged(frame);
    else if (type === "goodbye") this.#goodbye = frame.data;
    else if (type === "event") subscription?.take(frame);
    else if (type === "events") for (const event of frame.data?.events ?? []) subscription?.take(event);
    else if (type === "presence" && re === undefined) { if (subscription?.live) subscription.diff(frame); }
    else if (type === "error") this.#failed(re, new MusterError(frame.data ?? {}));
    else if (type === "ack" && this.#outbox.has(re)) this.#settle(re).resolve({ id: re, offset: frame.offset, epoch: frame.epoch, ts: frame.ts });
    else if (type === "unsubscribed" && re === undefined) subscription?.removed(frame.data?.reason ?? "removed");
    else if (re !== undefined) this.#answer(re)?.resolve(frame);
    if (this.#stale && this.state === "live") this.#fresh();
  }

  #answer(id) {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    return request;
  }

  #failed(id, error) {
    if (error.code === 109) this.#expired = true;
    const entry = this.#outbox.get(id);
    if (!entry) return (this.#answer(id)?.reject ?? this.#options.onError)?.(error);
    if (!error.temporary) return this.#settle(id).reject(error);
    const { topic } = entry.frame;
    entry.onWire = false;
    if (this.#holds.has(topic)) return;
    this.#holds.add(topic); // later messages wait too, so that they do not overtake
    const release = () => { this.#holds.delete(topic); this.flush(topic); };
    setTimeout(release, error.retryAfter || random(Math.min(20_000, 500 * 2 ** entry.tries++)));
  }

  #send(frame) {
    if (this.#ws?.readyState !== 1) return;
    this.#sent = Date.now();
    this.#ws.send(JSON.stringify(frame));
  }

  // Background tabs run timers once a minute or never, so nothing here counts ticks: only the clock decides.
  #check() {
    const now = Date.now();
    if (this.state === "live") {
      if (this.#probe && now > this.#probe) return this.#silent("no answer");
      if (this.age() > (this.welcome.timeout_ms ?? 60_000)) return this.#silent("no heartbeat");
      const ping = this.welcome.ping_ms ?? PING_MS;
      if (this.age() > ping && now - this.#sent > ping / 2 || now - this.#sent > ping) this.#ping();
      if (!this.#stale && this.age() > STALE_MS) this.#stale = this.#received;
    }
    if (this.#stale) for (const { on } of this.#topics.values()) on.onStale?.(now - this.#stale);
  }

  #ping() {
    this.#pinged = performance.now();
    this.#send({ type: "ping", ts: Date.now() });
  }

  #ponged({ data, ts }) {
    if (this.#pinged) this.roundTrip = performance.now() - this.#pinged;
    this.#pinged = 0;
    this.#setClock(data?.t, ts);
  }

  /** Measures `roundTrip` anew. */
  measure() { if (this.state === "live" && !this.#pinged) this.#ping(); }

  #startProbe() {
    this.#probe ||= Date.now() + PROBE_MS;
    this.#ping();
    setTimeout(() => this.#check(), PROBE_MS + 50);
  }

  #wake() {
    if (this.state === "live") this.age() > (this.welcome.timeout_ms ?? 60_000) ? this.#silent("woke up") : this.#startProbe();
    else if (this.state === "waiting" && globalThis.navigator?.onLine !== false) this.#connect();
  }

  // Not code 1000: the server would take that for a farewell and end our presence at once.
  #silent(why) { this.#drop(3000, () => this.#lost(0, why)); }

  #drop(code, then) {
    const ws = this.#ws;
    this.#ws = null;
    this.#pinged = 0;
    ws?.close(code);
    for (const { reject } of this.#requests.values()) reject(gone());
    this.#requests.clear();
    clearTimeout(this.#retry);
    this.#turn = null;
    then?.();
  }

  #lost(code, reason) {
    const { reconnect, window_ms } = this.#goodbye ?? {}, close = this.#goodbye?.code ?? code, kind = Math.floor(close / 100);
    this.#drop(3000);
    if (code === 4105) this.#expired = true;
    if (kind === 40 || reconnect === false) {
      this.#setState("stopped", { code: close, reason: this.#goodbye?.reason ?? reason });
      return this.#rejectAll(new MusterError({ code: close, reason }));
    }
    const wasLive = this.#liveAt > 0;
    if (wasLive && Date.now() - this.#liveAt > STEADY_MS) this.#tries = this.#left = 0;
    this.#liveAt = 0;
    // Ended by the server or by its crash: everybody comes back, so the announced window counts. A silence that
    // only we noticed (code 0) and a refusal (41xx) are ours alone.
    const together = wasLive && close !== 0 && kind !== 41 && this.#tries === 0;
    const limit = Math.min(20_000, 500 * 2 ** this.#tries++);
    if (together) this.#left = window_ms ?? this.welcome.reconnect_window_ms ?? limit;
    // Who comes too early tries again at some moment of what is left of the window, or all of them came at once.
    const retryInMs = random(together ? this.#left : Math.max(limit, this.#left));
    this.#left = Math.max(0, this.#left - retryInMs);
    this.#retry = setTimeout(() => this.#connect(), retryInMs);
    this.#setState("waiting", { code: close, reason, retryInMs });
  }

  #rejectAll(error) {
    for (const id of [...this.#outbox.keys()]) this.#settle(id).reject(error);
  }

  #setState(state, info) {
    if (state !== "live") {
      this.#stale ||= this.#received;
      for (const subscription of this.#topics.values()) Object.assign(subscription, { live: false, early: [] });
      for (const entry of this.#outbox.values()) entry.onWire = false;
    }
    if (state === this.state && state !== "waiting") return;
    this.state = state;
    this.#options.onState?.(state, info);
    if (state !== "live") this.#check();
  }

  // After a reconnect each topic reports itself live when its own answer is there.
  #fresh() {
    const calm = this.#stale && this.state === "live";
    this.#stale = 0;
    if (calm) for (const { on, live } of this.#topics.values()) if (live) on.onLive?.({ recovered: true, first: false });
  }

  // The exchange with the shortest way there and back knows the server's clock best.
  #setClock(sent, ts) {
    const now = Date.now(), rtt = now - sent;
    if (!ts || !(rtt >= 0) || rtt > this.#clock.rtt * 1.5 + 20) return;
    this.#clock = { offset: ts - (sent + now) / 2, rtt };
  }
}
