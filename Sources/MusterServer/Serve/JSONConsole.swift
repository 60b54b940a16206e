internal import CommandLineKit
internal import Configuration
internal import PluginKit

extension Program {
  /// This program, with every line on both streams as a JSON object: a collector takes no other.
  var speakingJSON: Program {
    var program = self
    let (plain, clock) = (console, clock)
    program.console.write = { text in
      plain.write(Program.lines(text, .info, at: clock.now))
    }
    program.console.writeError = { text in
      plain.writeError(Program.lines(text, .error, at: clock.now))
    }
    return program
  }

  private static func lines(_ text: String, _ level: Log.Level, at moment: Int64) -> String {
    text.split(separator: "\n").map { line in
      let message = line.hasPrefix("muster: ") ? line.dropFirst("muster: ".count) : line
      return LogLine(at: moment, level, String(message), [:]).text(.json)
    }.joined()
  }
}
