package import JSON

// Protocol 2, as far as everybody speaks it.
extension Wire {
  /// Upgrades and says hello; the welcome.
  @discardableResult
  package nonisolated func enter(
    session: String = "", token: String? = nil
  ) async throws -> JSONValue {
    try await upgrade("/ws")
    var data: JSONObject = ["client": "test/1"]
    if !session.isEmpty { data["session"] = .string(session) }
    if let token { data["token"] = .string(token) }
    try await say(["type": "hello", "id": 0, "data": .object(data)])
    return try await hear("welcome")
  }

  /// Subscribes and returns the answer; what comes before it goes to `others`.
  @discardableResult
  package nonisolated(nonsending) func subscribe(
    _ topic: String, _ data: JSONValue = [:], others: (JSONValue) -> Void = { _ in }
  ) async throws -> JSONValue {
    try await say(["type": "subscribe", "id": "sub", "topic": .string(topic), "data": data])
    while true {
      let frame = try await hear()
      if frame["re"]?.string == "sub" { return frame }
      others(frame)
    }
  }
}
