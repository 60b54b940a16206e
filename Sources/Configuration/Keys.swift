/// Every key of the server itself; a plugin's are added below its name.
///
/// 0 switches a limit off, everywhere.
public enum Keys {
  public static let listen = Key(
    "listen", [ListenAddress("0.0.0.0:8443")],
    """
    Where to serve HTTPS and WSS: HOST:PORT, or {address: "0.0.0.0:2333", dialect: chat, tls: true} \
    for a port that speaks an older protocol on its root path. tls: false is for a proxy on the \
    same machine. Port 0 takes a free one.
    """)
  public static let data = Key(
    "data", "data",
    "The folder for everything the server keeps: database, uploads, letters that were not sent.")
  public static let database = Key(
    "database", "",
    """
    sqlite:PATH or postgres://USER@HOST/NAME. Empty keeps muster.db in the data folder.
    """)
  public static let databasePassword = Key(
    "database_password", Secret.none,
    "The password for PostgreSQL, or file:/path of a file with it.")
  public static let workers = Key(
    "workers", 0, "Event loops, each on its own thread. 0 takes one per core.",
    check: { (0...256).contains($0) ? nil : "is at most 256" })
  public static let timeZone = Key(
    "time_zone", ConfiguredTimeZone.offset(seconds: 8 * 3600),
    """
    The zone of the clock on the wall: of dates and times in answers that have no zone of their own, \
    of everything the pages show, and of the jobs' times. A name such as Europe/Berlin follows \
    daylight saving time; +08:00 never changes.
    """)
  public static let origins = Key(
    "origins", [String](),
    """
    Web sites, beside the server's own, whose pages may call, connect and send their cookies: \
    https://www.example.edu. Pages of loopback origins, such as http://localhost:8099, may connect \
    without an entry, but their cookies do not count and they make no calls.
    """, isReloadable: true)
  public static let hosts = Key(
    "hosts", [String](),
    """
    Names by which clients reach this server, such as muster.example.edu. With any, requests to \
    another name are refused; addresses and localhost are not asked for. Without, a page whose name \
    was turned to this server's address is like one of its own on listeners without TLS.
    """, isReloadable: true)
  public static let proxies = Key(
    "proxies", [String](),
    """
    Addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and \
    X-Forwarded-Host are believed, such as 127.0.0.1.
    """, isReloadable: true)
  public static let demo = Key(
    "demo", false,
    """
    Fill an empty database with the example data. Its passwords are public: the server then listens \
    on loopback only unless an address is given.
    """)
  public static let echo = Key(
    "echo", false, "Serve /echo, which sends every message back: for measuring and testing.")
  public static let internalListen = Key(
    "internal.listen", "127.0.0.1:9443",
    """
    Plain HTTP for /health, /ready and /metrics. Empty switches it off.
    """, check: { $0.isEmpty || ListenAddress.isAddress($0) ? nil : "wants HOST:PORT" })
  public static let drain = Key(
    "drain", Duration.seconds(10),
    "How long a stopping server lets its clients move away before it closes what is left.",
    check: { $0 <= .seconds(20) ? nil : "is at most 20s: the process ends within 30" })

  public static let logLevel = Key(
    "log.level", LogLevel.info, "debug, info, warning or error.", isReloadable: true)
  public static let logFormat = Key(
    "log.format", LogFormat.text, "text for people, json for collectors.")

  public static let certificates = Key(
    "tls.certificates", [CertificateFiles](),
    """
    PEM files as {certificate: chain.pem, key: key.pem}; one ECDSA and one RSA pair may stand side \
    by side. Empty makes a certificate of the server's own, which browsers warn of. Changed files \
    are taken up by themselves.
    """, isReloadable: true)
  public static let authorities = Key(
    "tls.authorities", "",
    """
    A PEM file with authorities that are trusted beside the machine's when this server calls \
    others: receivers of webhooks, mail servers. Empty for the machine's alone.
    """, isReloadable: true)
  public static let developmentCertificate = Key(
    "tls.development", "",
    """
    The folder of the self-made certificate that is served while tls.certificates is empty. Empty \
    is the folder tls in the data folder.
    """)
  public static let minimumTLS = Key(
    "tls.minimum", TLSVersion.v12, "The oldest version that is spoken: \"1.2\" or \"1.3\".")
}

public enum LogLevel: String, ConfigurableChoice { case debug, info, warning, error }

public enum LogFormat: String, ConfigurableChoice { case text, json }

/// From where people may register.
public enum Registration: String, ConfigurableChoice {
  case closed
  case openNetworks = "open_networks"
  case open
}

public enum TLSVersion: String, ConfigurableChoice {
  case v12 = "1.2"
  case v13 = "1.3"

  public var yaml: String { rawValue.quoted }
}
