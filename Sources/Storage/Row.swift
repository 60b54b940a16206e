/// The names of a result's columns, shared by all of its rows.
public final class Columns: Sendable {
  public let names: [String]

  public init(_ names: [String]) { self.names = names }

  /// The first column of that name. A walk along the names: results have few columns, and
  /// comparing short strings is cheaper than hashing one.
  @inlinable public func index(of name: String) -> Int? { names.firstIndex(of: name) }
}

/// One row of a result.
///
/// `row.int("id")` and its sisters throw a sentence when the column is missing or holds something
/// else; `row.optionalInt("id")` gives nil for null, and only for null.
public struct Row: Sendable {
  public let columns: Columns
  public let values: [Value]

  /// - Precondition: as many values as columns.
  @inlinable public init(columns: Columns, values: [Value]) {
    precondition(columns.names.count == values.count, "a row has one value per column")
    self.columns = columns
    self.values = values
  }

  /// The value of a column by its position, counted from 0.
  public subscript(index: Int) -> Value { values[index] }

  /// The value of a column, or nil if the result has no such column.
  public subscript(name: String) -> Value? { columns.index(of: name).map { values[$0] } }

  /// The value of a column; null is a value, a missing column is an error.
  public func value(_ name: String) throws(StoreError) -> Value {
    guard let index = columns.index(of: name) else {
      throw StoreError(
        .mismatch, "the result has no column \(name), only \(columns.names.joined(separator: ", "))"
      )
    }
    return values[index]
  }
}

extension Row {
  public func int(_ name: String) throws(StoreError) -> Int {
    try present(optionalInt(name), name)
  }

  /// The number of an integer column, as wide as the engines keep it.
  public func int64(_ name: String) throws(StoreError) -> Int64 {
    Int64(try int(name))
  }

  /// Takes an integer too: SQLite stores 2.0 in a numeric column as 2.
  public func real(_ name: String) throws(StoreError) -> Double {
    try present(optionalReal(name), name)
  }

  public func text(_ name: String) throws(StoreError) -> String {
    try present(optionalText(name), name)
  }

  public func blob(_ name: String) throws(StoreError) -> [UInt8] {
    try present(optionalBlob(name), name)
  }

  /// False is 0; every other number is true, as in both engines.
  public func bool(_ name: String) throws(StoreError) -> Bool { try int(name) != 0 }

  public func optionalInt(_ name: String) throws(StoreError) -> Int? {
    switch try value(name) {
    case .null: return nil
    case .int(let number): return Int(number)
    case let other: throw mismatch(name, other, wanted: "an integer")
    }
  }

  public func optionalReal(_ name: String) throws(StoreError) -> Double? {
    switch try value(name) {
    case .null: return nil
    case .real(let number): return number
    case .int(let number): return Double(number)
    case let other: throw mismatch(name, other, wanted: "a real number")
    }
  }

  public func optionalText(_ name: String) throws(StoreError) -> String? {
    switch try value(name) {
    case .null: return nil
    case .text(let text): return text
    case let other: throw mismatch(name, other, wanted: "text")
    }
  }

  public func optionalBlob(_ name: String) throws(StoreError) -> [UInt8]? {
    switch try value(name) {
    case .null: return nil
    case .blob(let bytes): return bytes
    case let other: throw mismatch(name, other, wanted: "a blob")
    }
  }

  public func optionalBool(_ name: String) throws(StoreError) -> Bool? {
    try optionalInt(name).map { $0 != 0 }
  }

  private func mismatch(_ name: String, _ found: Value, wanted: String) -> StoreError {
    StoreError(.mismatch, "column \(name) holds \(found.kind), not \(wanted)")
  }

  private func present<Wanted>(_ value: Wanted?, _ name: String) throws(StoreError) -> Wanted {
    guard let value else { throw StoreError(.mismatch, "column \(name) is null") }
    return value
  }
}
