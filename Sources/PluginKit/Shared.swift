// Plugins get the lock, the token bucket, the counters and the queues together with the kit.
@_exported public import Primitives

/// Another name of `Locked`, for values that all calls of a plugin share.
public typealias Shared<Value> = Locked<Value>
