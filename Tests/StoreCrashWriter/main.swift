// Started by the crash tests: writes rows from many callers, and prints the number of each row
// once the store has acknowledged it, until it is killed.
import Glibc
import SQLiteStore
import Storage

let store = try await SQLiteStore.open(.file(CommandLine.arguments[1]))
try await store.execute(
  "CREATE TABLE IF NOT EXISTS rows (n BIGINT PRIMARY KEY, note TEXT NOT NULL)")
let first = try await store.first("SELECT max(n) AS last FROM rows")?.optionalInt("last") ?? 0

await withTaskGroup(of: Void.self) { group in
  for caller in 0..<16 {
    group.addTask { @concurrent in
      var number = first + 1 + caller
      while true {
        do {
          try await store.execute("INSERT INTO rows VALUES (?, ?)", number, "row \(number)")
        } catch {
          exit(1)
        }
        let line = Array("\(number)\n".utf8)
        // One call per line: pipes keep short writes whole.
        if write(1, line, line.count) != line.count { exit(2) }
        number += 16
      }
    }
  }
}
