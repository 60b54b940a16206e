internal import AccountStore
internal import Configuration
internal import HubCore
internal import MusterClient
internal import PluginKit
internal import Storage
internal import TLS

/// An error in words for an operator, never as the dump of a Swift value.
func sentence(of error: any Error) -> String {
  switch error {
  case let error as Failure: error.message
  case let error as PluginError: error.message
  case let error as AccountError: error.detail
  case let error as ImportError: "line \(error.line): \(error.reason)"
  case let error as StoreError: "database: \(error)"
  case let error as TLSError: error.detail
  case let error as HubError: error.sentence
  case is CancellationError: "it was cancelled"
  // Everything else that is thrown on purpose describes itself.
  case let error as any Error & CustomStringConvertible: error.description
  default: "an unexpected \(type(of: error))"
  }
}

extension HubError {
  fileprivate var sentence: String {
    switch code {
    case .unknownTopic: "there is no such topic"
    case .overloaded: "the hub is overloaded"
    case .storeUnavailable: "the database does not answer"
    case .stopping: "the hub is not running"
    }
  }
}
