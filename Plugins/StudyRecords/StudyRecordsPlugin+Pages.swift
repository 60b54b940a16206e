internal import PluginKit

extension StudyRecordsPlugin {
  static func registerPages(with registrar: inout Registrar) {
    var page = Page(
      "study", title: "Study time · Muster", description: "Study time by day and week",
      content: PackageResources.study_html)
    page.order = 40
    page.styles = ["study.css"]
    page.menu = .init("Study", "学习")
    page.summary = .init(
      "One button times your study; the hours add up by day and week.",
      "一键计时，学习时间按天和周累计。")
    registrar.page(
      page,
      // Each refers only to those before it.
      assets: [
        PageAsset("study.css", PackageResources.study_css),
        PageAsset("study-words.js", PackageResources.study_words_js),
        PageAsset("study-calls.js", PackageResources.study_calls_js),
        PageAsset("study-timer.js", PackageResources.study_timer_js),
        PageAsset("study-hours.js", PackageResources.study_hours_js),
        PageAsset("study-records.js", PackageResources.study_records_js),
        PageAsset("study-join.js", PackageResources.study_join_js),
        PageAsset("study.js", PackageResources.study_js),
      ])
  }
}
