internal import CommandLineKit
internal import Configuration

extension Program {
  /// Runs every check and prints what it found; 1 if something would keep the server from running.
  func doctor(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    console.print(
      Finding.good("configuration", "\(configurationPath(call) ?? "defaults") can be used").lines[0]
    )
    var worst = ExitCode.success
    func report(_ findings: [Finding]) {
      for finding in findings {
        for line in finding.lines { console.print(line) }
        if finding.level == .failure { worst = .failure }
      }
    }
    report(SecretsCheck(configuration, file: configurationPath(call)).findings())
    report(DataFolderCheck(path: configuration[Keys.data]).findings())
    report(await DatabaseCheck(program: self, configuration).findings())
    report(CertificateCheck(configuration).findings())
    report(PortCheck(configuration).findings())
    report(ServiceCheck(configuration).findings())
    report(MachineCheck.here.findings())
    return worst
  }
}
