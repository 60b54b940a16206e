internal import PluginKit

extension SignTasksPlugin {
  static func registerPages(with registrar: inout Registrar) {
    var page = Page(
      "sign", title: "Attendance · Muster",
      description: "Class attendance for students and teachers",
      content: PackageResources.sign_html)
    page.order = 30
    page.styles = ["sign.css"]
    page.menu = .init("Attendance", "课堂签到")
    page.summary = .init(
      "Teachers open a task, students sign with one tap, and the list fills live.",
      "教师发布签到，学生一键完成，名单实时更新。")
    registrar.page(
      page,
      // Each refers only to those before it.
      assets: [
        PageAsset("sign.css", PackageResources.sign_css),
        PageAsset("sign-calls.js", PackageResources.sign_calls_js),
        PageAsset("sign-keys.js", PackageResources.sign_keys_js),
        PageAsset("sign-student.js", PackageResources.sign_student_js),
        PageAsset("sign-task.js", PackageResources.sign_task_js),
        PageAsset("sign-teacher.js", PackageResources.sign_teacher_js),
        PageAsset("sign-staff.js", PackageResources.sign_staff_js),
        PageAsset("sign.js", PackageResources.sign_js),
      ])
  }
}
