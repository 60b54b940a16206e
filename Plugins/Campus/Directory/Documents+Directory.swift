internal import JSON
internal import PluginKit

extension Documents {
  static let department = Schema.named(
    "CampusDepartment", .object([.init("id", .integer), .init("name", .string)]))

  static let departments = Operation(
    "The departments", answers: [.ok(.array(of: department))], access: .signedIn)
}
