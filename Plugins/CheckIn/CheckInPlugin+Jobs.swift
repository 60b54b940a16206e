internal import PluginKit
internal import Storage

// What happens by the clock.
extension CheckInPlugin {
  func registerJobs(with registrar: inout Registrar) {
    registrar.job("nightly", .daily(at: times.night)) { [self] due in
      try await attendance.closeLab(at: due / 1000)
    }
    registrar.job("export", .weekly(on: times.day, at: times.export)) { [self] due in
      try await export.makeAndSend(at: due / 1000)
    }
    registrar.job("reset", .weekly(on: times.day, at: times.reset)) { [self] due in
      try await resetWeek(at: due)
    }
    registrar.job("tidy", .every(seconds: 3600)) { [self] _ in
      await followed.tidy(services.hub)
    }
  }

  private func resetWeek(at due: Int64) async throws {
    try await roll.resetWeek()
    await announcer.weekBegan(at: services.zone.time(at: due).dateTime)
    await ranks.reset(try await roll.grades() + followed.others)
  }
}
