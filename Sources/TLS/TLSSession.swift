internal import COpenSSL

/// The state that a client keeps to resume a connection without certificates.
// Sendable: the handle is only ever read after init, and OpenSSL counts references atomically.
@safe public final class TLSSession: @unchecked Sendable {
  let raw: OpaquePointer

  init(owning raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe SSL_SESSION_free(raw) }
}
