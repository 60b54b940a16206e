/// What went wrong around a test, as a sentence.
package struct Fault: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
