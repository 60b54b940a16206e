internal import CommandLineKit
internal import Configuration

extension Program {
  /// Runs every check and prints what it found; 1 if something would keep the server from
  /// running, 78 if that is the configuration.
  func doctor(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    let problems = ConfigurationCheck(configuration, self).problems()
    var worst = problems.isEmpty ? ExitCode.success : .configuration
    func report(_ findings: [Finding]) {
      for finding in findings {
        for line in finding.lines { console.print(line) }
        if finding.level == .failure && worst == .success { worst = .failure }
      }
    }
    report(
      problems.isEmpty
        ? [.good("configuration", "\(configurationPath(call) ?? "defaults") can be used")]
        : problems.map {
          .failure("configuration", "\($0)", "muster print-config explains every key")
        })
    report(SecretsCheck(configuration, file: configurationPath(call)).findings())
    report(DataFolderCheck(path: configuration[Keys.data]).findings())
    report(await DatabaseCheck(program: self, configuration).findings())
    report(CertificateCheck(configuration).findings())
    report(PortCheck(configuration).findings())
    report(warnings(of: configuration))
    report(ServiceCheck(configuration).findings())
    report(MachineCheck.here.findings())
    return worst
  }
}
