import Testing
import WebSocket

@Suite struct `The agreement on compression` {
  static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

  @Test(arguments: [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits=8",
    "permessage-deflate; client_max_window_bits=15",
    "permessage-deflate; client_max_window_bits=\"10\"",
    "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
    " permessage-deflate ; server_no_context_takeover ,",
    "x-other; a; b=c, permessage-deflate",
    ", permessage-deflate, permessage-deflate; client_max_window_bits",
  ])
  func `is reached whatever the client offers for itself`(offer: String) {
    #expect(answer(offer) == Self.plain)
  }

  @Test(arguments: 8...15, ["%d", "\"%d\"", "\"\\%d\""])
  func `names the server's window that the client asks for`(bits: Int, spelling: String) {
    let digits = "\(bits)"
    guard digits.count == 1 || !spelling.contains("\\") else { return }
    let value = spelling.replacing("%d", with: digits)
    #expect(
      answer("permessage-deflate; server_max_window_bits=\(value); client_max_window_bits")
        == "\(Self.plain); server_max_window_bits=\(bits)")
  }

  @Test(arguments: [
    "server_no_context_takeover=1", "client_no_context_takeover=\"x\"",
    "server_no_context_takeover; server_no_context_takeover",
    "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
    "server_max_window_bits=08", "server_max_window_bits=1x", "server_max_window_bits=-9",
    "server_max_window_bits=10; server_max_window_bits=10",
    "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=+9",
    "client_max_window_bits=010", "client_max_window_bits; client_max_window_bits",
    "client_max_window_bits; client_max_window_bits=9", "unknown", "unknown=9", "method=deflate",
  ])
  func `is not reached by parameters that are wrong, but by the next offer`(parameters: String) {
    let bad = "permessage-deflate; \(parameters)"
    #expect(answer(bad) == nil)
    #expect(
      answer("\(bad), permessage-deflate; server_max_window_bits=9")
        == "\(Self.plain); server_max_window_bits=9")
  }

  @Test(arguments: ["", "x-webkit-deflate-frame", "permessage-bzip2", "permessage-deflatex"])
  func `is not reached without an offer of it`(offer: String) {
    #expect(answer(offer) == nil)
  }

  @Test func `is not reached when the server does not want it`() {
    let request = request("permessage-deflate")
    let handshake = ServerHandshake(allowsCompression: false)
    #expect(request.acceptance(handshake) != nil)
    #expect(request.acceptance(handshake)?.compression == nil)
  }

  @Test func `goes over several lines of the header`() {
    let request = request("permessage-deflate; no_such_thing")
      .adding("sec-websocket-extensions", "permessage-deflate; server_max_window_bits=12")
    #expect(request.acceptance(ServerHandshake())?.compression?.serverWindowBits == 12)
  }

  @Test func `lets a shared frame through that fits into the window whole`() {
    let narrow = request("permessage-deflate; server_max_window_bits=8")
      .acceptance(ServerHandshake())?.compression
    #expect(narrow?.allowsShared(length: 256) == true)
    #expect(narrow?.allowsShared(length: 257) == false)
    let usual = request("permessage-deflate").acceptance(ServerHandshake())?.compression
    #expect(usual?.serverWindowBits == 15 && usual?.allowsShared(length: 1 << 20) == true)
  }

  private func request(_ offer: String) -> Request {
    `A server's handshake`.request.without("origin").adding("sec-websocket-extensions", offer)
  }

  private func answer(_ offer: String) -> String? {
    guard let text = request(offer).accepted(by: ServerHandshake()) else { return nil }
    let name = "Sec-WebSocket-Extensions: "
    return text.split(separator: "\r\n").first { $0.hasPrefix(name) }
      .map { String($0.dropFirst(name.count)) }
  }
}
