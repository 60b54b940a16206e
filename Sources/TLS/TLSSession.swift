internal import COpenSSL

/// What a client keeps of a connection to resume it later without certificates.
// Sendable: the handle is only ever read after init, and OpenSSL counts references atomically.
@safe public final class TLSSession: @unchecked Sendable {
  let raw: OpaquePointer

  init(owning raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe SSL_SESSION_free(raw) }
}
