internal import Configuration
internal import Glibc
internal import Loop
internal import TLS

/// Are the certificates there, do they fit their keys, and for how long are they good?
struct CertificateCheck {
  let configuration: ServerConfiguration

  init(_ configuration: ServerConfiguration) { self.configuration = configuration }

  func findings() -> [Finding] {
    let files = configuration[Keys.certificates]
    guard !files.isEmpty else {
      return [
        .warning(
          "certificate", "none is configured: the server will make its own, which browsers warn of",
          "name the files of a real one in tls.certificates")
      ]
    }
    return files.flatMap { finding($0) }
  }

  private func finding(_ files: CertificateFiles) -> [Finding] {
    let pair = TLS.CertificatePair(certificatePath: files.certificate, keyPath: files.key)
    do {
      let context = try TLSContext.server([pair])
      let days = (context.secondsUntilExpiry ?? 0) / 86_400
      let good = Finding.good("certificate", "\(files.certificate) is good for \(days) days")
      let warnings = context.warnings.map {
        Finding.warning("certificate", $0, "renew it, or chmod 600 the key")
      }
      return warnings.isEmpty ? [good] : warnings
    } catch {
      return [
        .failure(
          "certificate", error.detail, "both are PEM files; the chain begins with the server's own")
      ]
    }
  }
}

/// Can the server listen where it shall?
struct PortCheck {
  let configuration: ServerConfiguration

  init(_ configuration: ServerConfiguration) { self.configuration = configuration }

  func findings() -> [Finding] { places.map { finding($0.address) } }

  /// Opens the doors of a server; a port that is taken is named with its key and its holder.
  func explaining<Result>(_ open: () throws -> Result) throws -> Result {
    do {
      return try open()
    } catch let error as LoopError where error.code == .addressInUse {
      guard let taken = places.first(where: { isTaken($0.address) }) else { throw error }
      let holder = holder(of: taken.address).map { " by \($0)" } ?? ""
      throw Failure(
        "\(taken.address) is in use\(holder): stop that program, or name another address in"
          + " \(taken.key)")
    }
  }

  private var places: [(key: String, address: String)] {
    let inside = configuration[Keys.internalListen]
    return configuration[Keys.listen].map { ("listen", $0.address) }
      + (inside.isEmpty ? [] : [("internal.listen", inside)])
  }

  private func isTaken(_ address: String) -> Bool {
    do {
      _ = try Loop.Listener.open(try Endpoint(address))
      return false
    } catch {
      return error.code == .addressInUse
    }
  }

  private func holder(of address: String) -> PortHolder? {
    guard let port = try? Endpoint(address).port else { return nil }
    return PortHolder.find(port)
  }

  private func finding(_ address: String) -> Finding {
    do {
      _ = try Loop.Listener.open(try Endpoint(address))
      return .good("port", "\(address) is free")
    } catch {
      return finding(address, error)
    }
  }

  private func taken(_ address: String) -> Finding {
    let holder = holder(of: address)
    if let holder, holder.pid == FileLock.lastOwner(ofFolder: configuration[Keys.data]) {
      return .good("port", "\(address) is served by \(holder), with this data folder")
    }
    return .warning(
      "port", "\(address) is in use by \(holder.map { "\($0)" } ?? "another user's program")",
      "stop it before the server starts, or name another address in listen or internal.listen")
  }

  private func finding(_ address: String, _ error: LoopError) -> Finding {
    switch error.code {
    case .addressInUse: taken(address)
    case .accessDenied:
      .failure(
        "port", "\(address) may not be used by this user",
        "take a port above 1023, or give the unit CAP_NET_BIND_SERVICE")
    default: .failure("port", "\(error)", "see listen and internal.listen")
    }
  }
}

/// Do the services outside answer?
struct ServiceCheck {
  let configuration: ServerConfiguration

  init(_ configuration: ServerConfiguration) { self.configuration = configuration }

  func findings() -> [Finding] {
    [mail()].compactMap { $0 }
  }

  private func mail() -> Finding? {
    let url = configuration[Keys.smtp]
    guard !url.isEmpty else {
      return .warning(
        "mail", "no server is configured: letters are kept as files",
        "name one in mail.smtp, or read the folder outbox of the data folder")
    }
    let port: UInt16 = url.hasPrefix("smtps:") ? 465 : 587
    return answer("mail", url, port, "see mail.smtp; does a firewall stand between?")
  }

  private func answer(_ subject: String, _ url: String, _ port: UInt16, _ remedy: String) -> Finding
  {
    let place = Reach.place(of: url, port: port)
    guard let reason = Reach.fault(of: place) else {
      return .good(subject, "\(place) answers")
    }
    return .failure(subject, "\(place) does not answer: \(reason)", remedy)
  }
}

/// Tries whether somebody listens at an address.
enum Reach {
  /// `smtps://user@host:465/x` as `host:465`.
  static func place(of url: String, port: UInt16) -> String {
    var rest = url[...]
    if let colon = rest.firstIndex(of: ":") {
      rest = rest[rest.index(after: colon)...].drop { $0 == "/" }
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    let hasPort = rest.last?.isNumber == true && rest.dropFirst().contains(":")
    return hasPort && !rest.hasSuffix("]") ? String(rest) : "\(rest):\(port)"
  }

  /// Why nobody answers within three seconds; nil if somebody does.
  static func fault(of place: String) -> String? {
    do {
      var last = "no such host"
      for peer in try Endpoint(place).resolve() {
        let socket = try Socket.connect(to: peer)
        var poll = pollfd(fd: socket.descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 3000) == 1 else {
          last = "no answer in 3 s"
          continue
        }
        do {
          try socket.finishConnecting()
          return nil
        } catch {
          last = "\(error)"
        }
      }
      return last
    } catch {
      return "\(error)"
    }
  }
}
