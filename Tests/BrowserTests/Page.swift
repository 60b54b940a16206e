import Bytes
import JSON
import Rig

/// One page of the browser, and what it had to complain about.
@BrowserThread final class Page {
  private let tools: DevTools
  private let session: String
  private let context: JSONValue
  private let origin: String

  init(_ tools: DevTools, session: String, context: JSONValue, origin: String) throws {
    self.tools = tools
    self.session = session
    self.context = context
    self.origin = origin
    for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
    try call("Emulation.setFocusEmulationEnabled", ["enabled": true])
    // The lab's day begins at its own midnight, wherever the tests run.
    try call("Emulation.setTimezoneOverride", ["timezoneId": "Asia/Shanghai"])
    try resize(1440, 900)
  }

  @discardableResult private func call(
    _ method: String, _ params: JSONValue = [:]
  ) throws -> JSONValue {
    try tools.call(method, params, session: session)
  }

  func resize(_ width: Int, _ height: Int) throws {
    try call(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": JSONValue(width), "height": JSONValue(height), "deviceScaleFactor": 1,
        "mobile": false,
      ])
  }

  /// Shows this and all further pages in a language, as the button in the frame does.
  func speak(_ language: Language) throws {
    try evaluate("localStorage.setItem('muster.language', '\(language.rawValue)')")
    try reload()
  }

  /// As a reader has it who asked for dark colours.
  func darken() throws {
    try call(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": "dark"]]])
  }

  /// A script that each further page runs before its own.
  func prepare(_ script: String) throws {
    try call("Page.addScriptToEvaluateOnNewDocument", ["source": .string(script)])
  }

  /// Goes to a page of the server and waits until its script has begun.
  func open(_ path: String) throws {
    let answer = try call("Page.navigate", ["url": .string(origin + path)])
    if let error = answer["errorText"]?.string { throw Fault("\(path): \(error)") }
    try wait("location.href.startsWith('\(origin)') && 'ready' in document.documentElement.dataset")
  }

  /// Loads the page anew, as its reader does, and waits until its script has begun.
  func reload() throws {
    try evaluate("window.isOld = true")
    try call("Page.reload")
    try wait("!window.isOld && 'ready' in document.documentElement.dataset")
  }

  /// The value of an expression, after the promise if it is one.
  @discardableResult func evaluate(_ expression: String) throws -> JSONValue {
    let answer = try call(
      "Runtime.evaluate",
      ["expression": .string(expression), "awaitPromise": true, "returnByValue": true])
    if let fault = answer["exceptionDetails"] {
      let text = fault["exception"]?["description"] ?? fault["text"]
      throw Fault("\(text?.string ?? "an exception") in: \(expression)")
    }
    return answer["result"]?["value"] ?? nil
  }

  /// Looks again and again until the expression is true. An exception counts as "not yet": what
  /// the expression asks for may not be there.
  func wait(_ expression: String, within seconds: Double = 20) throws {
    let deadline = Deadline(seconds)
    while !deadline.hasPassed {
      if let value = try? evaluate("Boolean(\(expression))"), value == true { return }
      try tools.listen(milliseconds: 30)
    }
    let text = try? evaluate("document.body.innerText").string ?? ""
    throw Fault("never: \(expression)\nthe page says: \((text ?? "").prefix(1500))")
  }

  /// The text of an element as it is shown.
  func text(_ selector: String) throws -> String {
    try evaluate("document.querySelector(\(JSONValue(selector))).innerText").string ?? ""
  }

  func click(_ selector: String) throws {
    try evaluate("document.querySelector(\(JSONValue(selector))).click()")
  }

  /// Types into a field as a keyboard does.
  func type(_ text: String, into selector: String) throws {
    try evaluate("document.querySelector(\(JSONValue(selector))).focus()")
    try call("Input.insertText", ["text": .string(text)])
  }

  /// Presses a key and lets it go.
  func press(_ key: String) throws {
    for kind in ["keyDown", "keyUp"] {
      try call(
        "Input.dispatchKeyEvent",
        [
          "type": .string(kind), "key": .string(key), "code": .string(key),
          "windowsVirtualKeyCode": key == "Enter" ? 13 : 0,
          "text": key == "Enter" && kind == "keyDown" ? "\r" : "",
        ])
    }
  }

  /// Logs in with the page's own dialog; with a name somebody new, who registers there.
  func logIn(
    _ login: String, _ password: String, registering name: String? = nil,
    with button: String = "#login"
  ) throws {
    try click(button)
    if let name {
      try click("dialog form > div:last-child button")
      try type(name, into: "dialog input[name=user_name]")
    }
    try type(login, into: "dialog input[name=login]")
    try type(password, into: "dialog input[name=user_password]")
    try click("dialog button.primary")
    try wait("!document.querySelector('dialog')")
  }

  /// Stops the page's timers and tasks, as a browser does with a tab that sleeps, or goes on.
  func freeze(_ isFrozen: Bool) throws {
    try call("Page.setWebLifecycleState", ["state": isFrozen ? "frozen" : "active"])
  }

  /// The memory still in use after all garbage is gone.
  func memory() throws -> (heapBytes: Int, nodes: Int) {
    try call("HeapProfiler.collectGarbage")
    let heap = try call("Runtime.getHeapUsage")["usedSize"]
    let nodes = try call("Memory.getDOMCounters")["nodes"]
    return (heap?.int ?? heap?.double.map { Int($0) } ?? -1, nodes?.int ?? -1)
  }

  /// What the page shows now, as PNG.
  func screenshot() throws -> [UInt8] {
    let answer = try call("Page.captureScreenshot", ["format": "png"])
    guard let bytes = answer["data"]?.string.flatMap(Base64.standard.decode) else {
      throw Fault("no picture")
    }
    return bytes
  }

  /// Exceptions, errors on the console and whatever the browser refused, such as what breaks the
  /// content security policy.
  func complaints() throws -> [String] {
    try tools.listen(milliseconds: 50)
    return tools.events.filter { $0.session == session }.compactMap { event in
      switch event.method {
      case "Runtime.exceptionThrown": "\(event.params)"
      case "Runtime.consoleAPICalled"
      where ["error", "warning", "assert"].contains(event.params["type"]?.string):
        "\(event.params["args"] ?? nil)"
      case "Log.entryAdded"
      where ["error", "warning"].contains(event.params["entry"]?["level"]?.string):
        "\(event.params["entry"]?["text"] ?? nil) \(event.params["entry"]?["url"] ?? nil)"
      default: nil
      }
    }
  }

  /// Closes the page and forgets everything it has stored.
  func close() throws {
    try tools.call("Target.disposeBrowserContext", ["browserContextId": context])
  }
}

/// The languages of the pages.
enum Language: String, CaseIterable {
  case english = "en"
  case chinese = "zh"
}
