// muster.d.ts against what the compiler reads from muster.js itself.
import type * as Made from "./made/muster.js";
import type * as Written from "muster-client";

/** Public in JavaScript, but for the module's own classes and the tests of this tree. */
type InternalOfMuster = "flush" | "refuse" | "unsubscribe";
type InternalOfSubscription =
  | "hub" | "on" | "closed" | "first" | "timer" | "failed" | "early" | "held"
  | "start" | "started" | "removed" | "take" | "event" | "whole" | "diff" | "resync";

type MadeSubscription = ReturnType<Made.Muster["subscribe"]>;
type Missing<Theirs, Ours, Internal> = Exclude<keyof Theirs, keyof Ours | Internal>;
type None<T extends never> = T;

// A member of muster.js that muster.d.ts lacks is an error here.
export type MusterIsWhole = None<Missing<Made.Muster, Written.Muster, InternalOfMuster>>;
export type SubscriptionIsWhole =
  None<Missing<MadeSubscription, Written.Subscription, InternalOfSubscription>>;
export type ErrorIsWhole = None<Missing<Made.MusterError, Written.MusterError, never>>;
export type ExportsAreWhole = None<Exclude<"Muster" | "MusterError", keyof typeof Made>>;

// A member whose type differs, or that muster.js lacks, is one here.
declare const muster: Pick<Made.Muster, keyof Written.Muster & keyof Made.Muster>;
declare const error: Pick<Made.MusterError, keyof Written.MusterError & keyof Made.MusterError>;
declare const subscription: MadeSubscription;
declare const options: NonNullable<ConstructorParameters<typeof Made.Muster>[0]>;
declare const handlers: Made.TopicHandlers;
declare const written: Written.TopicHandlers;
export const checkMuster: Omit<Written.Muster, "subscribe"> = muster;
export const checkError: Written.MusterError = error;
// The compiler does not see that the constructor assigns `topic`.
export const checkSubscription: Omit<Written.Subscription, "topic"> = subscription;
export const checkOptions: Written.MusterOptions = options;
export const checkHandlers: Written.TopicHandlers = handlers;
export const checkHandlersBack: Made.TopicHandlers = written;
export const checkHandlersWhole: keyof Written.TopicHandlers = {} as keyof Made.TopicHandlers;
export const checkHandlersKnown: keyof Made.TopicHandlers = {} as keyof Written.TopicHandlers;
export const checkOptionsWhole: keyof Written.MusterOptions = {} as keyof typeof options;
export const checkOptionsBack: keyof typeof options = {} as keyof Written.MusterOptions;
