import PluginKit

/// What leaves the house: letters, calls to other servers, spreadsheets.
struct OutboundServices {
  let mail: any MailService = Offline()
  let web: any WebService = Offline()
  let spreadsheets: any SpreadsheetService = Offline()

  func start() async {}
  func stop() async {}
}
