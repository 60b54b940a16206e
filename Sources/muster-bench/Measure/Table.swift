/// Columns of text, the first to the left and the others to the right.
struct Table {
  private var rows: [[String]]

  init(_ head: [String]) { rows = [head] }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let gap = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + gap : gap + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// A number with three significant places or all of its whole ones; a dash for none.
  static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    if value >= 100 { return "\(Int(value.rounded()))" }
    let places = value >= 10 ? 10.0 : value >= 1 ? 100.0 : 1000.0
    return "\((value * places).rounded() / places)"
  }
}

extension Outcome {
  var table: String {
    if let storm { return storm.table(name) }
    guard scenario != .idle else { return idleTable }
    var table = Table(["target", "count", "/s", "server µs each", "p50 µs", "p99 µs", "bytes each"])
    table.add([
      name, "\(messages)", Table.number(rate), Table.number(cost),
      Table.number(latency.microseconds(at: 0.5)), Table.number(latency.microseconds(at: 0.99)),
      Table.number(Double(bytes) / Double(max(messages, 1))),
    ])
    return table.text
  }

  private var idleTable: String {
    var table = Table(["target", "connections", "bytes each", "memory MB", "processor %"])
    table.add([
      name, "\(messages)", bytesPerConnection.map { "\($0)" } ?? "-",
      Table.number(memory.map { Double($0) / 1e6 }),
      Table.number(processorSeconds.map { $0 / max(seconds, 0.001) * 100 }),
    ])
    return table.text
  }
}

extension Comparison {
  var table: String {
    var table = Table(["target", "server µs each", "ratio", "lowest", "highest", "/s", "p99 µs"])
    for target in names.indices {
      let ratios = ratios(of: target)
      table.add([
        names[target], Table.number(Comparison.median(costs(of: target))),
        Table.number(Comparison.median(ratios)), Table.number(ratios.min()),
        Table.number(ratios.max()), Table.number(Comparison.median(rounds.map { $0[target].rate })),
        Table.number(
          Comparison.median(rounds.map { $0[target].latency.microseconds(at: 0.99) })),
      ])
    }
    return table.text
  }
}
