internal import CommandLineKit
internal import Configuration
internal import HubCore
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
    handshakeSeconds = configuration[Keys.handshakeTimeout].wholeSeconds
    requestSeconds = configuration[Keys.requestTimeout].wholeSeconds
    requestBody = configuration[Keys.requestBody].bytes
    message = configuration[Keys.message].bytes
    inflatedMessage = configuration[Keys.inflated].bytes
    topicsPerConnection = configuration[Keys.topicsPerConnection]
    publishesPerSecond = configuration[Keys.publishesPerSecond]
    publishBurst = configuration[Keys.publishBurst]
    helloSeconds = configuration[Keys.helloTimeout].wholeSeconds
    handshakesPerSecond = configuration[Keys.reconnectRate]
    echoMessage = configuration[Keys.echoMessage].bytes
    requestHeader = configuration[Keys.requestHeader].bytes
    framesPerSecond = configuration[Keys.framesPerSecond]
    requestsPerSecond = configuration[Keys.requestsPerSecond]
    requestBurst = configuration[Keys.requestBurst]
    waitingCalls = configuration[Keys.waitingCalls]
    recovered = configuration[Keys.recoverLimit]
    historyPage = configuration[Keys.historyPage]
    listedMembers = configuration[Keys.presenceCounts]
    queueSoft = configuration[Keys.queueSoft].bytes
    queueSoftMilliseconds = configuration[Keys.queueSoftAge].wholeSeconds * 1000
    queueHard = configuration[Keys.queueHard].bytes
    queueHardMilliseconds = configuration[Keys.queueHardAge].wholeSeconds * 1000
    offersCompression = configuration[Keys.compression]
    compressionMinimum = configuration[Keys.compressionMinimum].bytes
  }
}

extension HeartbeatRules {
  init(_ configuration: ServerConfiguration) {
    self.init()
    pingSeconds = configuration[Keys.pingAfter].wholeSeconds
    timeoutSeconds = configuration[Keys.silenceLimit].wholeSeconds
    unstableSeconds = configuration[Keys.unstableAfter].wholeSeconds
    reloadSeconds = configuration[Keys.leaveGrace].wholeSeconds
    drainSeconds = configuration[Keys.resumeWindow].wholeSeconds
  }
}

extension WebhookRules {
  /// nil if nobody is to be told anything.
  init?(_ configuration: ServerConfiguration) throws {
    let url = configuration[Keys.webhookURL]
    if url.isEmpty { return nil }
    let secret = configuration[Keys.webhookSecret].text
    guard !secret.isEmpty else {
      throw Failure(
        "\(configuration.origin(of: "webhooks.url")): webhooks.url needs webhooks.secret",
        .configuration)
    }
    self.init(
      url: url, secret: secret,
      kinds: Set(configuration[Keys.webhookEvents].compactMap { Kind(rawValue: $0.rawValue) }))
  }
}

extension OriginRules {
  init(_ configuration: ServerConfiguration) {
    self.init(allowed: configuration[Keys.origins])
  }
}

extension Duration {
  var wholeSeconds: Int { Int(components.seconds) }
}

extension HubServer.DoorPlan {
  init(_ listen: ListenAddress, isDemoOnLoopback: Bool) throws {
    var endpoint = try Endpoint(listen.address)
    if isDemoOnLoopback { endpoint.host = "localhost" }
    self.init(
      endpoint, dialect: listen.dialect.isEmpty ? nil : listen.dialect, isEncrypted: listen.tls)
  }
}

extension Asset {
  init(_ page: WebPage) {
    self.init(
      bytes: page.bytes, contentType: page.contentType, entityTag: page.entityTag,
      cacheControl: page.cacheControl, headers: WebPage.headers)
  }
}

extension CertificatePair {
  init(_ files: CertificateFiles) {
    self.init(certificatePath: files.certificate, keyPath: files.key)
  }
}
