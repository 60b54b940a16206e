internal import CommandLineKit
internal import Configuration
internal import HubCore
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginKit
internal import TLS
internal import Web
internal import WebSocket

// From the configuration to what the server is made of.
extension ServerLimits {
  init(_ configuration: ServerConfiguration) {
    self.init()
    connections = configuration[Keys.connections]
    connectionsPerAddress = configuration[Keys.connectionsPerAddress]
    connectionsPerUser = configuration[Keys.connectionsPerUser]
    handshakeSeconds = configuration[Keys.handshakeTimeout].secondsOrEver
    requestSeconds = configuration[Keys.requestTimeout].secondsOrEver
    requestBody = configuration[Keys.requestBody].bytesOrMore
    inputBuffers = configuration[Keys.inputBuffers].bytes
    message = configuration[Keys.message].bytesOrMore
    inflatedMessage = configuration[Keys.inflated].bytesOrMore
    topicsPerConnection = configuration[Keys.topicsPerConnection]
    publishesPerSecond = configuration[Keys.publishesPerSecond]
    publishBurst = configuration[Keys.publishBurst]
    helloSeconds = configuration[Keys.helloTimeout].secondsOrNone
    handshakesPerSecond = configuration[Keys.reconnectRate]
    echoMessage = configuration[Keys.echoMessage].bytesOrMore
    requestHeader = configuration[Keys.requestHeader].bytesOrMore
    framesPerSecond = configuration[Keys.framesPerSecond]
    requestsPerSecond = configuration[Keys.requestsPerSecond]
    requestBurst = configuration[Keys.requestBurst]
    let calls = configuration[Keys.waitingCalls]
    waitingCalls = calls > 0 ? calls : .max
    recovered = configuration[Keys.recoverLimit]
    historyPage = configuration[Keys.historyPage]
    listedMembers = configuration[Keys.presenceCounts]
    queueSoft = configuration[Keys.queueSoft].bytes
    queueSoftMilliseconds = configuration[Keys.queueSoftAge].inMilliseconds
    queueHard = configuration[Keys.queueHard].bytes
    queueHardMilliseconds = configuration[Keys.queueHardAge].inMilliseconds
    offersCompression = configuration[Keys.compression]
    compressionMinimum = configuration[Keys.compressionMinimum].bytes
  }
}

// 0 is no limit, everywhere; what counts down has to have an end for all that.

extension Duration {
  /// Ten years for none.
  /// 0 for none; anything shorter than a second is one.
  fileprivate var secondsOrNone: Int { self == .zero ? 0 : max(inSeconds, 1) }

  fileprivate var secondsOrEver: Int { self == .zero ? 315_360_000 : inSeconds }
}

extension ByteCount {
  /// A gibibyte for none: all of it would be kept in memory.
  fileprivate var bytesOrMore: Int { bytes > 0 ? bytes : 1 << 30 }
}

extension HeartbeatRules {
  init(_ configuration: ServerConfiguration) throws {
    self.init()
    pingSeconds = configuration[Keys.pingAfter].inSeconds
    timeoutSeconds = configuration[Keys.silenceLimit].inSeconds
    unstableSeconds = configuration[Keys.unstableAfter].inSeconds
    leaveGraceSeconds = configuration[Keys.leaveGrace].inSeconds
    resumeSeconds = configuration[Keys.resumeWindow].inSeconds
    // Anything else would show everybody as unstable between two pings, or nobody ever.
    guard pingSeconds < unstableSeconds, unstableSeconds < timeoutSeconds else {
      throw configuration.refusal(
        of: "heartbeat.unstable",
        "has to be longer than heartbeat.ping and shorter than heartbeat.timeout")
    }
  }
}

extension WebhookRules {
  /// nil if nobody is to be told anything.
  init?(_ configuration: ServerConfiguration) throws {
    let url = configuration[Keys.webhookURL]
    if url.isEmpty { return nil }
    let secret = configuration[Keys.webhookSecret].text
    guard !secret.isEmpty else {
      throw configuration.refusal(of: "webhooks.url", "needs webhooks.secret")
    }
    self.init(
      url: url, secret: secret,
      kinds: Set(configuration[Keys.webhookEvents].compactMap { Kind(rawValue: $0.rawValue) }))
  }
}

extension ServerConfiguration {
  var proxies: [Network] { self[Keys.proxies].compactMap { Network($0) } }
}

extension OriginRules {
  init(_ configuration: ServerConfiguration) {
    self.init(allowed: configuration[Keys.origins], hosts: configuration[Keys.hosts])
  }
}

extension HubServer.ListenerConfiguration {
  init(_ listen: ListenAddress, isDemoOnLoopback: Bool) throws {
    var endpoint = try Endpoint(listen.address)
    if isDemoOnLoopback { endpoint.host = "localhost" }
    self.init(
      endpoint, dialect: listen.dialect.isEmpty ? nil : listen.dialect, isEncrypted: listen.tls)
  }
}

extension StaticAsset {
  init(_ page: WebPage) {
    self.init(
      bytes: page.bytes, contentType: page.contentType, entityTag: page.entityTag,
      cacheControl: page.cacheControl, headers: WebPage.headers + StaticAsset.readers(of: page.path)
    )
  }
}

extension ServerConfiguration {
  /// Where the self-made certificate lies, which is never the folder that somebody stands in.
  var developmentFolder: String {
    let folder = self[Keys.developmentCertificate]
    return folder.isEmpty ? self[Keys.data] + "/tls" : folder
  }
}

extension StaticAsset {
  /// The client module may be loaded by pages of any site; it has no secret and no state.
  fileprivate static func readers(of path: String) -> [(name: String, value: String)] {
    path.hasPrefix("/sdk/") ? [("Access-Control-Allow-Origin", "*")] : []
  }
}

extension CertificatePair {
  init(_ files: CertificateFiles) {
    self.init(certificatePath: files.certificate, keyPath: files.key)
  }
}
