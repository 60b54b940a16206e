// The public surface of muster.js. The wire is described in docs/protocol.md.

/** A member of a topic. */
export interface Member {
  id: string;
  name: string;
  avatar: string;
  /** `unstable` while nothing is heard of them. */
  state: "online" | "unstable";
  /** Connections of this user in the topic. */
  conns?: number;
  /** Unix milliseconds. */
  since?: number;
  /** Unix milliseconds at which an unstable member will be gone, if not back. */
  until?: number;
}

/** The members of a topic by id; complete unless `countsOnly`, which large topics are. */
export interface Presence {
  members: Map<string, Member>;
  total: number;
  rev: number;
  countsOnly: boolean;
}

/** An event as the server sent it; `offset` is missing where it is in no history. */
export interface EventFrame<Data = any> {
  type: "event";
  topic: string;
  offset?: number;
  ts: number;
  data: Data;
}

export type State = "connecting" | "live" | "waiting" | "stopped" | "closed";

/** Why a state was entered. */
export interface StateInfo {
  code?: number;
  reason?: string;
  retryInMs?: number;
}

/** The acknowledgement of a publish. */
export interface Ack {
  id: string;
  offset?: number;
  epoch?: string;
  ts: number;
}

/** A change of the members, as the server sent it. */
export interface PresenceDiff {
  join?: Member[];
  update?: (Partial<Member> & { id: string })[];
  leave?: { id: string; reason: string }[];
  total?: number;
  counts_only?: boolean;
}

/** Every one may be left out; none is called after `close()`. */
export interface TopicHandlers<Data = any, Snapshot = any> {
  /** Keep `subscription.presence` complete. */
  presence?: boolean;
  /** Each event once, in order. */
  onEvent?: (data: Data, frame: EventFrame<Data>) => void;
  /** The whole state, at the start and after a loss. */
  onSnapshot?: (snapshot: Snapshot, frame: object) => void;
  /** What was missed cannot be replayed: forget what you have; `onSnapshot` follows if there is a state. */
  onReset?: (reason: string, snapshot: Snapshot | null | undefined) => void;
  /** `diff` is null for a whole new list. */
  onPresence?: (presence: Presence, diff: PresenceDiff | null) => void;
  /** The data may be old: at once, then every second. */
  onStale?: (ageMs: number) => void;
  /** The data are current (again). */
  onLive?: (info: { recovered: boolean; first: boolean }) => void;
  /** The topic was refused; it is tried again on the next connection. */
  onError?: (error: MusterError) => void;
}

/** One topic of one connection, kept across reconnects; made by `Muster.subscribe`. */
export interface Subscription<Data = any> {
  readonly topic: string;
  readonly presence: Presence;
  /** The offset of the newest event that was told. */
  readonly offset: number | undefined;
  readonly epoch: string | undefined;
  /** Whether the data are current. */
  readonly live: boolean;
  /** Older events; `before` is not included. */
  history(page?: { before?: number; limit?: number }): Promise<{ events: EventFrame<Data>[]; more: boolean }>;
  /** One page of the members of a topic too big for a whole list. `after` is `next` of the page before. */
  members(page?: { after?: number; limit?: number }): Promise<{ members?: Member[]; total: number; next?: number }>;
  publish(data: object, id?: string): Promise<Ack>;
  close(): void;
}

export interface MusterOptions {
  /** Default: `/ws` of this page's host. */
  url?: string;
  /** Asked before every connection; `expired` when the last one was refused as too old. */
  token?: (info: { expired: boolean }) => string | null | undefined | Promise<string | null | undefined>;
  /** Name and version, for the server's logs. */
  client?: string;
  /** Publishes kept while offline, 200 unless told. */
  queue?: number;
  onState?: (state: State, info: StateInfo) => void;
  /** An error that answers no request. */
  onError?: (error: MusterError) => void;
}

/** Why something that was asked of the server did not happen. */
export class MusterError extends Error {
  constructor(data: { code?: number; reason?: string; msg?: string; temporary?: boolean; retry_after_ms?: number });
  /** The number of the server's error or close code; 0 for what began on this side. */
  code: number;
  /** One word, such as `permission_denied`, `disconnected` or `outcome_unknown`. */
  reason: string;
  /** Whether the same thing may work later. */
  temporary: boolean;
  /** How many milliseconds to wait before that; 0 if the server did not say. */
  retryAfter: number;
}

/** A connection that keeps itself alive, and everything that must survive a reconnect. */
export class Muster {
  /** Connects at once. */
  constructor(options?: MusterOptions);
  readonly state: State;
  /** Who the server says we are; null before the first welcome. */
  readonly user: { id: string; name: string; avatar: string } | null;
  /** What the last welcome said. */
  readonly welcome: any;
  /** Milliseconds that the last ping and its answer took; null before the first. */
  readonly roundTrip: number | null;
  /** The server's clock, Unix milliseconds. */
  now(): number;
  /** Milliseconds since the last sign of life: how old the shown data may be. */
  age(): number;
  /** An id for `publish`, for pages that show a message before it is acknowledged. */
  newId(): string;
  /** Follows a topic until `close()` of the result. */
  subscribe<Data = any, Snapshot = any>(topic: string, handlers?: TopicHandlers<Data, Snapshot>): Subscription<Data>;
  /** Resolves when the server has the message; resent with the same id until then. Rejects with a `MusterError`. */
  publish(topic: string, data: object, id?: string): Promise<Ack>;
  /** Sends one frame and waits for its answer; rejects with `disconnected` if the connection ends first. */
  request(frame: { type: string; topic?: string; data?: object }): Promise<any>;
  /** Measures `roundTrip` anew. */
  measure(): void;
  /** Connects anew at once, for example as somebody else after a login. */
  reconnect(): void;
  /** Says goodbye: presence ends at once and nothing is tried again. */
  close(): void;
}
