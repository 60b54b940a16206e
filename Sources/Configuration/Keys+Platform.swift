extension Keys {
  public static let accountFailures = Key(
    "accounts.failures_per_account", 5,
    """
    Failed logins of one account from one client that cost nothing; each further one doubles the \
    wait. From all clients together ten times as many are free. 0: no limit.
    """,
    isReloadable: true, check: atLeast(0))
  public static let addressFailures = Key(
    "accounts.failures_per_address", 30,
    "The same for one address. A whole lecture hall can sit behind one. 0: no limit.",
    isReloadable: true, check: atLeast(0))
  public static let loginsPerAccount = Key(
    "accounts.logins_per_minute", 10,
    "Successful logins of one account in the long run; twice as many at once. 0: no limit.",
    isReloadable: true, check: atLeast(0))
  public static let registration = Key(
    "accounts.registration", Registration.openNetworks,
    """
    From where people may make an account for themselves: closed (nowhere), open_networks (from \
    accounts.open_networks), open (everywhere).
    """, isReloadable: true)
  public static let registrationNetworks = Key(
    "accounts.open_networks",
    [
      "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
      "fc00::/7", "fe80::/10",
    ], "The networks that accounts.registration: open_networks means.", isReloadable: true)
  public static let passwordLength = Key(
    "accounts.password_length", 8,
    "Characters of the shortest password, in registrations, imports and commands alike.",
    isReloadable: true, check: atLeast(1))
  public static let hashingThreads = Key(
    "accounts.hashing_threads", 2,
    "Passwords that are checked at once; each takes 64 MiB and a good part of a second.",
    check: { (1...64).contains($0) ? nil : "is 1 to 64" })

  public static let auditAge = Key(
    "audit.keep", Duration.seconds(90 * 86_400),
    """
    How long refused logins and acts of staff stay in the audit trail. Of more than 200,000 entries \
    the oldest go first.
    """, isReloadable: true,
    check: { $0 >= .seconds(86_400) ? nil : "is at least a day" })

  public static let smtp = Key(
    "mail.smtp", "",
    """
    smtps://HOST:465 or smtp://HOST:587 (with STARTTLS). Empty keeps letters as files in the folder \
    outbox of the data folder.
    """, isReloadable: true,
    check: {
      $0.isEmpty || $0.hasPrefix("smtp://") || $0.hasPrefix("smtps://")
        ? nil : "wants smtps://HOST:PORT or smtp://HOST:PORT"
    })
  public static let smtpUser = Key("mail.user", "", "The login at that server.", isReloadable: true)
  public static let smtpPassword = Key(
    "mail.password", Secret.none, "Its password, or file:/path of a file with it.",
    isReloadable: true)
  public static let smtpInsecure = Key(
    "mail.allow_plain", false,
    "Send without encryption if the server has none: closed networks only.",
    isReloadable: true)
  public static let mailFrom = Key(
    "mail.from", "muster@localhost", "The sender of letters.", isReloadable: true,
    check: { $0.contains("@") ? nil : "wants an e-mail address" })

  /// All of them, in the order in which they are printed.
  public static let all: [AnyKey] =
    base + [
      AnyKey(pingAfter), AnyKey(silenceLimit), AnyKey(unstableAfter), AnyKey(leaveGrace),
      AnyKey(resumeWindow), AnyKey(reconnectRate), AnyKey(recoverLimit), AnyKey(historyPage),
      AnyKey(compression), AnyKey(compressionMinimum),
    ] + limits + platform + webhooks

  private static let base: [AnyKey] = [
    AnyKey(listen), AnyKey(data), AnyKey(database), AnyKey(databasePassword), AnyKey(workers),
    AnyKey(timeZone), AnyKey(origins), AnyKey(hosts), AnyKey(proxies), AnyKey(demo), AnyKey(echo),
    AnyKey(drain),
    AnyKey(internalListen), AnyKey(logLevel), AnyKey(logFormat),
    AnyKey(certificates), AnyKey(developmentCertificate), AnyKey(minimumTLS), AnyKey(authorities),
  ]

  private static let limits: [AnyKey] = [
    AnyKey(connections), AnyKey(connectionsPerAddress), AnyKey(connectionsPerUser),
    AnyKey(helloTimeout), AnyKey(handshakeTimeout), AnyKey(message),
    AnyKey(inflated), AnyKey(echoMessage), AnyKey(topicsPerConnection),
    AnyKey(publishesPerSecond), AnyKey(publishBurst), AnyKey(framesPerSecond), AnyKey(queueSoft),
    AnyKey(queueSoftAge), AnyKey(queueHard), AnyKey(queueHardAge),
    AnyKey(presenceCounts), AnyKey(requestsPerSecond), AnyKey(requestBurst),
    AnyKey(requestHeader), AnyKey(requestBody), AnyKey(inputBuffers), AnyKey(requestTimeout),
    AnyKey(waitingCalls),
  ]

  private static let webhooks: [AnyKey] = [
    AnyKey(webhookURL), AnyKey(webhookSecret), AnyKey(webhookEvents),
  ]

  private static let platform: [AnyKey] = [
    AnyKey(accountFailures), AnyKey(addressFailures), AnyKey(loginsPerAccount),
    AnyKey(registration), AnyKey(registrationNetworks), AnyKey(passwordLength),
    AnyKey(hashingThreads), AnyKey(auditAge), AnyKey(smtp), AnyKey(smtpUser), AnyKey(smtpPassword),
    AnyKey(smtpInsecure), AnyKey(mailFrom),
  ]
}
