// Plugins get the lock, the token bucket, the counters and the queues together with the kit.
@_exported public import Primitives
