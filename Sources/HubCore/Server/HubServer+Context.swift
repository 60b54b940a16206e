internal import HTTP
internal import HubTopics
internal import Limits
internal import PluginHost
internal import PluginKit
internal import Storage

extension ServerContext {
  convenience init(
    _ plan: HubServer.Plan, acceptors: [[SharedTransport.Acceptor]],
    everything: RouteTrie<Endpoint>, inside: RouteTrie<Endpoint>, rules: TopicTable<TopicRules>
  ) {
    let runner = RouteRunner(
      units: plan.units, accounts: plan.accounts, capacity: plan.limits.waitingCalls,
      isExempt: plan.isExempt)
    let window = ReconnectWindow()
    let transport = SharedTransport(acceptors: acceptors, proxies: plan.proxies, log: plan.log)
    self.init(
      units: plan.units, runner: runner, limits: plan.limits, heartbeat: plan.heartbeat,
      log: plan.log, audit: plan.audit, transport: transport,
      http: SharedHTTP(
        everything: everything, inside: inside, units: plan.units, runner: runner,
        origins: plan.origins, strictTransportSeconds: plan.isStrict ? 31_536_000 : nil,
        uploadFolder: plan.uploadFolder, log: plan.log, accessLog: plan.accessLog),
      sessions: SharedSessions(
        units: plan.units, accounts: plan.accounts, checkKey: plan.checkKey, runner: runner,
        audit: plan.audit, log: plan.log, node: plan.node, window: window,
        limiter: transport.limiter),
      topics: SharedTopics(
        rules: rules, store: plan.store, node: plan.node, random: plan.random, log: plan.log,
        runner: runner, workerCount: acceptors.count, window: window,
        publishes: plan.hub.publishes),
      webhooks: SharedWebhooks(
        rules: plan.webhooks?.rules, web: plan.webhooks?.web ?? NoWeb(), random: plan.random,
        log: plan.log),
      window: window, extraMetrics: plan.extraMetrics)
  }
}
