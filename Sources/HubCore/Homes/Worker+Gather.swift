internal import Loop
internal import PluginKit

// Events on their way from a topic's home to the workers that have subscribers.
extension Worker {
  /// Sends an event at once, or soon together with others if its topic is busy.
  ///
  /// All topics with the same window send at the same moments, so that whoever follows several of
  /// them is served once.
  func send(_ publication: Publication, _ home: TopicHome) {
    let window = Int64(home.rules.gatherMilliseconds)
    guard window > 0, home.topic.subscribers.total > 0 else {
      return sendNow(publication, home)
    }
    let now = loop.unixMilliseconds
    if home.gathered.isEmpty {
      guard now - home.sentAt < window else {
        home.sentAt = now
        return sendNow(publication, home)
      }
      let topic = home.name
      loop.schedule(after: .milliseconds(window - now % window)) { [unowned self] in
        assumeIsolated { worker in
          worker.homes[topic].map { worker.sendGathered($0) }
        }
      }
    }
    home.gathered.append(publication)
    if home.gathered.count >= Worker.mostGathered { sendGathered(home) }
  }

  /// Sends what has gathered in a topic, if anything has.
  func sendGathered(_ home: TopicHome) {
    guard !home.gathered.isEmpty else { return }
    home.sentAt = loop.unixMilliseconds
    for publication in home.gathered { sendNow(publication, home) }
    home.gathered.removeAll(keepingCapacity: true)
  }

  /// The same for all topics, before everybody is sent away.
  func sendAllGathered() {
    readLetters()
    for home in homes.values { sendGathered(home) }
  }

  private func sendNow(_ publication: Publication, _ home: TopicHome) {
    for worker in home.topic.subscribers.workers { post(.deliver(publication), to: worker) }
  }

  /// So many events make a frame that is long enough.
  private static var mostGathered: Int { 256 }
}
