internal import PluginKit

extension ChatPlugin {
  static func registerPages(with registrar: inout Registrar) {
    var page = Page(
      "chat", title: "Chat · Muster", description: "Chat rooms of a few people",
      content: PackageResources.chat_html)
    page.bodyClass = "chat"
    page.order = 20
    page.menu = .init("Chat", "聊天")
    page.summary = .init(
      "Rooms where everybody sees who else is there. Nothing is lost when the network is.",
      "房间内彼此可见的聊天室。断网也不丢消息。")
    registrar.page(page, assets: [PageAsset("chat.js", PackageResources.chat_js)])
  }
}
