internal import JSON

/// The key that a client sends at the begin: `DataSignKey`.
struct BeginKey: Sendable, Equatable {
  /// The client's clock, Unix seconds.
  let time: Int64
  /// Names the device; the finish repeats it.
  let uuid: String
  let type: String

  /// Nil for what is longer than any device's name.
  init?(time: Int64, uuid: String, type: String) {
    guard uuid.utf8.count <= 256, type.utf8.count <= 256 else { return nil }
    self.time = time
    self.uuid = uuid
    self.type = type
  }

  init?(json bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let time = value["time"]?.number,
      let uuid = value["uuid"]?.string, let type = value["type"]?.string
    else { return nil }
    self.init(time: time, uuid: uuid, type: type)
  }
}

/// The key that a client sends at the end: `DataSignFinishKey`.
struct FinishKey: Sendable, Equatable {
  let status: Int64
  let uuid: String
  let longitude: Double
  let latitude: Double

  /// Nil for a position that is none on earth.
  init?(status: Int64, uuid: String, longitude: Double, latitude: Double) {
    guard abs(longitude) <= 180, abs(latitude) <= 90 else { return nil }
    self.status = status
    self.uuid = uuid
    self.longitude = longitude
    self.latitude = latitude
  }

  init?(json bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let status = value["status"]?.number,
      let uuid = value["uuid"]?.string, let longitude = (value["longitude"] ?? 0).real,
      let latitude = (value["latitude"] ?? 0).real
    else { return nil }
    self.init(status: status, uuid: uuid, longitude: longitude, latitude: latitude)
  }
}

extension JSONValue {
  // Also as text: clients and servers of the document write both.
  fileprivate var real: Double? { double ?? string.flatMap { Double($0) } }
  fileprivate var number: Int64? { int.map { Int64($0) } ?? string.flatMap { Int64($0) } }
}
