extension Options {
  static let help = """
    muster-bench measures servers that speak WebSocket over TLS, Muster and others.
    Everything that comes back is checked: length, check value, order.

      muster-bench echo    --target TARGET …   messages that come back
      muster-bench fanout  --target TARGET …   publishers and a crowd of subscribers
      muster-bench connect --target TARGET …   TLS handshake and upgrade, over and over
      muster-bench idle    --target TARGET …   memory of connections that do nothing
      muster-bench lab     --target TARGET …   check-ins and check-outs, and dashboards that watch
      muster-bench storm   --target TARGET …   how they come back when you restart the server:
                                               all within its window and --seconds more
      muster-bench compare SCENARIO --target TARGET --target TARGET …
                                               in turns, with ratios to the last target

    TARGET is [NAME=]muster://HOST:PORT or [NAME=]wss://HOST:PORT/PATH, and behind it
      ,pid=NUMBER      the server's process: its processor time and memory are measured
      ,publish=/PATH   where publishers connect, if that is elsewhere
    A Muster must have been started with 'serve --echo'; for the lab, with a fresh folder.

      --connections N  clients, or subscribers (200)      --publishers N  (1)
      --in-flight N    messages on their way per client or publisher (1)
      --size BYTES     of a payload, 44 or more (64)      --deflate       offer compression
      --seconds S      of measuring (5; compare: 0.6)     --warm-up S     before it (0.5)
      --rounds N       turns of a comparison (10)         --opening N     at once (64)
      --people N       students of the lab (10000)    --rate N        changes a second (2000)
      --doors N        connections of the lab's doors (32); --connections are dashboards
      --resume         connect with session tickets       --core N        stay on this core
      --json           results as JSON

    For servers with a protocol of their own, behind their --target:
      --hello TEXT     what each client says first (may come several times)
      --join TEXT      what subscribers say then; {i} is the client's number
      --message TEXT   what a message is wrapped in; {p} is the payload
      --expect TEXT    what subscribers must have been sent before the load begins
    """
}
