// swift-tools-version:6.2
import PackageDescription

// One rule book for every target; a warning is an error everywhere.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]
// Targets that touch raw memory or C handles: every unsafe expression is marked there.
let walled: [SwiftSetting] = strict + [.strictMemorySafety()]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
  settings: [SwiftSetting] = strict, resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path ?? "Sources/\(name)",
    resources: resources, swiftSettings: settings)
}

// A plugin's pages lie in its folder `Pages` and become part of the program.
func plugin(
  _ name: String, _ more: [Target.Dependency] = [],
  resources: [Resource]? = [.embedInCode("Pages")]
) -> Target {
  library(
    name, ["PluginKit", "Primitives", "Storage", "JSON"] + more, path: "Plugins/\(name)",
    resources: resources)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

// Encrypts short records in a quarter of libcrypto's time, on Intel's kind of processor only.
#if arch(x86_64)
  let fastCiphers: [Target] = [.systemLibrary(name: "CIPsecMB", path: "Sources/CIPsecMB")]
#else
  let fastCiphers: [Target] = []
#endif

let cLibraries: [Target] = [
  .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
  .systemLibrary(name: "CUring", path: "Sources/CUring", pkgConfig: "liburing"),
  .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "openssl"),
  .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib"),
  .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3"),
  .systemLibrary(name: "CPostgres", path: "Sources/CPostgres", pkgConfig: "libpq"),
  .systemLibrary(name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl"),
  .systemLibrary(name: "CYAML", path: "Sources/CYAML", pkgConfig: "yaml-0.1"),
  .systemLibrary(name: "CQREncode", path: "Sources/CQREncode", pkgConfig: "libqrencode"),
  .systemLibrary(name: "CXLSXWriter", path: "Sources/CXLSXWriter", pkgConfig: "xlsxwriter"),
  // Its pkg-config file has a flag that SwiftPM refuses, and nothing that is needed.
  .systemLibrary(name: "CUTF8Proc", path: "Sources/CUTF8Proc"),
  .systemLibrary(name: "CICU", path: "Sources/CICU", pkgConfig: "icu-i18n"),
]

let foundations: [Target] = [
  // The only C here that is more than a header: libcrypto wants a provider's tables in C.
  .target(name: "COverhear", path: "Sources/COverhear"),
  library("Primitives", settings: walled),
  library("Bytes", settings: walled),
  library("JSON", ["Bytes"]),
  library("Loop", ["Bytes", "CLinux", "CUring", "Primitives"], settings: walled),
  library(
    "TLS",
    ["Bytes", "Loop", "COpenSSL", "COverhear", "Primitives"]
      + fastCiphers.map { .target(name: $0.name) },
    settings: walled),
  library("Crypto", ["Bytes", "COpenSSL"], settings: walled),
  library("Deflate", ["Bytes", "CZlib"], settings: walled),
  library("QRCode", ["Bytes", "CQREncode", "Deflate"], settings: walled),
  library("HTTP", ["Bytes"]),
  library("WebSocket", ["Bytes", "Deflate", "Crypto"], settings: walled),
  library("TimeZones", settings: walled),
  library("Limits"),
  library("Configuration", ["CYAML", "Limits", "TimeZones"], settings: walled),
  library("CommandLineKit", ["Configuration"]),
  library("UnicodeText", ["CUTF8Proc"], settings: walled),
  library("Transliteration", ["CICU"], settings: walled),
  library("Storage"),
  library("StoreWork", ["Primitives", "Storage"]),
  library(
    "SQLiteStore", ["Primitives", "Storage", "StoreWork", "Loop", "CSQLite"], settings: walled),
  library(
    "PostgresStore", ["Primitives", "Storage", "StoreWork", "Loop", "CPostgres"], settings: walled),
]

let hub: [Target] = [
  library("PluginKit", ["Primitives", "Storage", "JSON", "TimeZones"]),
  library("HubProtocol", ["Bytes", "Deflate", "JSON", "PluginKit", "UnicodeText", "WebSocket"]),
  library("HubTopics", ["Bytes", "HubProtocol", "JSON", "Limits", "PluginKit", "Primitives"]),
  library("HubStore", ["HubProtocol", "HubTopics", "PluginKit", "Storage"]),
  library("PluginHost", ["HTTP", "PluginKit", "Primitives", "Storage", "TimeZones"]),
  library("APIDocuments", ["HubProtocol", "JSON", "PluginHost", "PluginKit"]),
  library(
    "HubCore",
    [
      "APIDocuments", "Bytes", "JSON", "Loop", "TLS", "Crypto", "Deflate", "HTTP", "HubProtocol",
      "HubStore",
      "HubTopics", "Limits", "WebSocket", "Storage", "PluginHost", "PluginKit", "Primitives",
    ]),
  library(
    "Outbound", ["Bytes", "CCurl", "JSON", "Loop", "PluginKit", "Primitives", "Storage"],
    settings: walled),
  library("Spreadsheet", ["CXLSXWriter", "Loop", "PluginKit", "Primitives"], settings: walled),
  library(
    "AccountStore",
    ["Bytes", "Crypto", "Loop", "PluginKit", "Primitives", "Storage", "UnicodeText"]),
  library("Web", ["PluginKit"], resources: [.embedInCode("Pages")]),
  library("MusterClient", ["Bytes", "JSON", "Loop", "TLS", "WebSocket"]),
  library(
    "MusterTesting",
    [
      "Bytes", "Crypto", "JSON", "Loop", "Primitives", "Storage", "SQLiteStore", "PostgresStore",
      "PluginHost", "PluginKit", "HubCore", "UnicodeText",
    ]),
]

let plugins: [Target] = [
  plugin("Campus", ["Bytes", "Crypto", "QRCode", "TimeZones", "Transliteration"]),
  plugin("Chat", ["UnicodeText"]),
  plugin("CheckIn"),
  plugin("SignTasks", ["Bytes", "Crypto"]),
  plugin("StudyRecords", ["Crypto", "HTTP", "TimeZones"]),
]

let programs: [Target] = [
  // The whole server but its first line, so that a plugin elsewhere can have a server of its own.
  library(
    "MusterServer",
    [
      "AccountStore", "Bytes", "Campus", "Chat", "CheckIn", "CommandLineKit", "Configuration",
      "Crypto", "HTTP", "HubCore", "HubStore", "HubTopics", "JSON", "Limits", "Loop",
      "MusterClient",
      "Outbound", "PluginHost", "PluginKit",
      "PostgresStore", "Primitives", "SQLiteStore", "SignTasks", "Spreadsheet", "Storage",
      "StudyRecords", "TLS",
      "Web", "WebSocket",
    ], resources: [.embedInCode("PluginTemplate")]),
  .executableTarget(
    name: "muster", dependencies: ["MusterServer"], path: "Sources/muster", swiftSettings: strict),
  .executableTarget(
    name: "muster-bench", dependencies: ["Bytes", "JSON", "Loop", "TLS", "WebSocket"],
    path: "Sources/muster-bench", swiftSettings: strict),
]

// What tests start as a process of its own.
let testPrograms: [Target] = [
  .executableTarget(
    name: "store-crash-writer", dependencies: ["Storage", "SQLiteStore"],
    path: "Tests/StoreCrashWriter", swiftSettings: strict),
  .executableTarget(
    name: "hub-fuzz", dependencies: ["Bytes", "Deflate", "JSON", "Loop", "Rig"],
    path: "Tests/Fuzz/Hub", swiftSettings: strict),
]

let package = Package(
  name: "muster",
  products: [
    .executable(name: "muster", targets: ["muster"]),
    .executable(name: "muster-bench", targets: ["muster-bench"]),
    // What a plugin outside this tree builds against.
    .library(
      name: "PluginKit", targets: ["PluginKit", "Primitives", "Storage", "JSON", "TimeZones"]),
    .library(name: "MusterTesting", targets: ["MusterTesting"]),
    .library(name: "MusterServer", targets: ["MusterServer"]),
    .library(name: "MusterClient", targets: ["MusterClient"]),
  ],
  targets: cLibraries + fastCiphers + foundations + hub + plugins + programs + testPrograms + [
    tests(
      "AccountStoreTests",
      [
        "AccountStore", "Bytes", "Crypto", "Loop", "MusterTesting", "PluginKit", "Primitives",
        "Storage",
      ]),
    // Counts allocations: whoever tests a hot path depends on it.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    // Lines, cables and programs, for tests that talk to a server over real ports.
    library("Rig", ["Bytes", "JSON", "Loop", "Primitives", "TLS"], path: "Tests/Rig"),
    // Starts the server, so that it has to be there.
    tests("BrowserTests", ["Bytes", "JSON", "Loop", "Rig", "WebSocket", "muster"]),
    tests("BytesTests", ["Bytes"]),
    tests("PluginKitTests", ["PluginKit", "Primitives", "TimeZones"]),
    tests(
      "CampusTests",
      ["Bytes", "Campus", "JSON", "MusterTesting", "PluginHost", "PluginKit", "Rig", "Storage"]),
    tests("PrimitivesTests", ["Primitives"]),
    tests(
      "ChatTests",
      [
        "Chat", "JSON", "MusterTesting", "PluginHost", "PluginKit", "Primitives", "Storage",
      ]),
    tests(
      "CheckInTests", ["CheckIn", "JSON", "MusterTesting", "PluginHost", "PluginKit", "Storage"]),
    tests(
      "DocumentsTests",
      [
        "APIDocuments", "Campus", "Chat", "CheckIn", "HTTP", "HubCore", "HubProtocol", "JSON",
        "MusterTesting", "PluginHost", "PluginKit", "SignTasks", "Storage", "StudyRecords",
      ]),
    tests(
      "SignTasksTests",
      ["HubCore", "JSON", "MusterTesting", "PluginKit", "SignTasks", "Storage"]),
    tests(
      "StudyRecordsTests",
      ["Bytes", "HubCore", "JSON", "Loop", "MusterTesting", "PluginKit", "Storage", "StudyRecords"]),
    tests("WebTests", ["Campus", "Chat", "CheckIn", "PluginKit", "SignTasks", "Web"]),
    tests("HTTPTests", ["Bytes", "CAllocations", "HTTP"]),
    tests("CryptoTests", ["Bytes", "Crypto"]),
    tests("TLSTests", ["Bytes", "Loop", "Primitives", "TLS"]),
    tests("LoopTests", ["Bytes", "Loop", "Primitives"]),
    tests("DeflateTests", ["Bytes", "Deflate"]),
    tests("QRCodeTests", ["Bytes", "Deflate", "QRCode"]),
    tests("WebSocketTests", ["Bytes", "CAllocations", "Deflate", "WebSocket"]),
    tests("CommandLineKitTests", ["CommandLineKit"]),
    tests("ConfigurationTests", ["Configuration"]),
    tests("TimeZonesTests", ["TimeZones"]),
    tests("TransliterationTests", ["Transliteration"]),
    tests("UnicodeTextTests", ["UnicodeText"]),
    tests("JSONTests", ["JSON", "Bytes"]),
    tests(
      "HubProtocolTests", ["Bytes", "Deflate", "HubProtocol", "JSON", "PluginKit", "WebSocket"]),
    tests("HubTopicsTests", ["HubProtocol", "HubTopics", "JSON", "Limits", "PluginKit"]),
    tests(
      "HubCoreTests",
      [
        "Bytes", "HTTP", "HubCore", "HubProtocol", "HubTopics", "JSON", "PluginHost", "PluginKit",
        "WebSocket",
      ]),
    tests(
      "OutboundTests",
      ["Loop", "MusterTesting", "Outbound", "PluginKit", "Primitives", "SQLiteStore", "Storage"]),
    tests("SpreadsheetTests", ["PluginKit", "Spreadsheet"]),
    tests("MusterClientTests", ["JSON", "Loop", "MusterClient", "WebSocket"]),
    tests(
      "ServerTests",
      [
        "Bytes", "Crypto", "Deflate", "HubCore", "HubProtocol", "HubStore", "HubTopics", "JSON",
        "Limits", "Loop", "MusterClient", "MusterTesting", "Outbound", "PluginHost", "PluginKit",
        "PostgresStore",
        "Primitives", "Rig", "SQLiteStore", "Storage",
        "TLS", "WebSocket",
      ]),
    tests(
      "ProgramTests",
      [
        "AccountStore", "CommandLineKit", "Configuration", "HubCore", "HubStore", "Limits", "Loop",
        "MusterServer", "MusterTesting", "PluginHost", "PluginKit", "PostgresStore", "Primitives",
        "SQLiteStore",
        "Storage",
      ]),
    tests("MusterBenchTests", ["Bytes", "JSON", "muster-bench"]),
    tests("StorageTests", ["Storage"]),
    tests("StoreWorkTests", ["Storage", "StoreWork"]),
    // Starts the server and the load generator as they are shipped.
    tests(
      "TrialTests",
      [
        "Bytes", "Deflate", "JSON", "Loop", "MusterTesting", "PostgresStore", "Rig", "SQLiteStore",
        "Storage", "TLS", "muster", "muster-bench",
      ]),
    tests("PostgresStoreTests", ["Primitives", "Storage", "PostgresStore", "MusterTesting"]),
    tests("SQLiteStoreTests", ["Storage", "SQLiteStore", "MusterTesting", "store-crash-writer"]),
  ],
  swiftLanguageModes: [.v6]
)
