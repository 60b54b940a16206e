internal import CommandLineKit
internal import Configuration

extension Program {
  func checkConfiguration(_ call: Invocation) throws -> ExitCode {
    let configuration = try checkedConfiguration(call)
    let changed = configuration.table.keys.filter {
      configuration.origin(of: $0.path) != .builtIn
    }
    for key in changed {
      console.print(
        "\(key.path): \(configuration.yaml(key))  # \(configuration.origin(of: key.path))")
    }
    for warning in warnings(of: configuration) {
      let parts = [warning.sentence, warning.remedy].compactMap(\.self)
      console.print("warning: \(parts.joined(separator: "; "))")
    }
    console.print("The configuration is good; \(changed.count) keys differ from the defaults.")
    return .success
  }

  func printConfiguration(_ call: Invocation) throws -> ExitCode {
    guard call.has("effective") else {
      console.write(keyTable.printed())
      return .success
    }
    let configuration = try configuration(call)
    console.write(configuration.table.printed(configuration))
    return .success
  }
}
