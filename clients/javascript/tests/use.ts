// What programs may write, and what the compiler has to refuse.
import { Muster, MusterError, type Ack, type Member, type MusterOptions, type State } from "muster-client";

interface Said { event: "chat.msg"; msg: string }

const options: MusterOptions = {
  url: "wss://localhost:8443/ws",
  token: async ({ expired }) => (expired ? null : "token"),
  onState: (state: State, info) => console.log(state, info.retryInMs?.toFixed()),
};
const hub = new Muster(options);
const room = hub.subscribe<Said>("chat.room.TEST", {
  presence: true,
  onEvent: (data, frame) => console.log(data.msg.length, frame.offset?.toFixed()),
  onReset: (reason) => console.log(reason.length),
  onPresence: (presence, diff) => {
    const members: Member[] = [...presence.members.values()];
    console.log(members.length, diff?.leave?.map((gone) => gone.id));
  },
  onLive: ({ recovered, first }) => console.log(recovered && first),
});

export async function use(): Promise<void> {
  const ack: Ack = await room.publish({ msg: "hello" });
  console.log(ack.offset, hub.user?.name, hub.roundTrip?.toFixed());
  const page = await room.history({ before: 5, limit: 2 });
  console.log(page.more, page.events[0]?.data.msg);
  try {
    await hub.publish("chat.room.TEST", { msg: "hello" }, hub.newId());
  } catch (error) {
    if (error instanceof MusterError) console.log(error.code, error.reason, error.retryAfter);
  }
  room.close();
  hub.close();
}

// @ts-expect-error the token is a function
new Muster({ token: "token" });
// @ts-expect-error there is no such handler
hub.subscribe("t", { onMessage: () => {} });
// @ts-expect-error a payload is an object
hub.publish("t", "hello");
// @ts-expect-error only the client sets its state
hub.state = "live";
// @ts-expect-error an event has no such member
hub.subscribe<Said>("t", { onEvent: (data) => data.text });
