internal import PluginKit

extension ChatPlugin {
  static func registerPages(with registrar: inout Registrar) {
    var page = Page(
      "chat", title: "Chat · Muster", description: "Chat rooms with everybody who is there",
      content: PackageResources.chat_html)
    page.bodyClass = "chat"
    page.order = 20
    page.menu = .init("Chat", "聊天")
    page.summary = .init(
      "Rooms for up to ten. Nothing is lost when the network is.", "十人以内的聊天室。断网也不丢消息。")
    registrar.page(page, assets: [PageAsset("chat.js", PackageResources.chat_js)])
  }
}
