internal import PluginKit

extension CampusPlugin {
  /// Assets refer only to those before them.
  static func registerPages(with registrar: inout Registrar) {
    registrar.page(
      activities,
      assets: [
        PageAsset("activities.css", PackageResources.activities_css),
        PageAsset("campus-calls.js", PackageResources.campus_calls_js),
        PageAsset("activity-form.js", PackageResources.activity_form_js),
        PageAsset("activity-card.js", PackageResources.activity_card_js),
        PageAsset("activities.js", PackageResources.activities_js),
      ])
    registrar.page(
      scan,
      assets: [
        PageAsset("scan.css", PackageResources.scan_css),
        PageAsset("scan-words.js", PackageResources.scan_words_js),
        PageAsset("scan-camera.js", PackageResources.scan_camera_js),
        PageAsset("scan.js", PackageResources.scan_js),
      ])
    registrar.page(
      office,
      assets: [
        PageAsset("office.css", PackageResources.office_css),
        PageAsset("office-calls.js", PackageResources.office_calls_js),
        PageAsset("office-form.js", PackageResources.office_form_js),
        PageAsset("office-activity.js", PackageResources.office_activity_js),
        PageAsset("office-items.js", PackageResources.office_items_js),
        PageAsset("office-enrollments.js", PackageResources.office_enrollments_js),
        PageAsset("office-roll.js", PackageResources.office_roll_js),
        PageAsset("office-history.js", PackageResources.office_history_js),
        PageAsset("office-screens.js", PackageResources.office_screens_js),
        PageAsset("office.js", PackageResources.office_js),
      ])
    registrar.page(
      projector,
      assets: [
        PageAsset("projector.css", PackageResources.projector_css),
        PageAsset("qr-picture.js", PackageResources.qr_picture_js),
        PageAsset("projector-words.js", PackageResources.projector_words_js),
        PageAsset("projector.js", PackageResources.projector_js),
      ])
    registrar.page(
      rooms,
      assets: [
        PageAsset("rooms.css", PackageResources.rooms_css),
        PageAsset("room-words.js", PackageResources.room_words_js),
        PageAsset("room-booking.js", PackageResources.room_booking_js),
        PageAsset("room-day.js", PackageResources.room_day_js),
        PageAsset("rooms.js", PackageResources.rooms_js),
      ])
    registrar.page(
      door,
      assets: [
        PageAsset("door.css", PackageResources.door_css),
        PageAsset("door.js", PackageResources.door_js),
      ])
  }

  private static var activities: Page {
    var page = Page(
      "activities", path: "/faculty/activities", title: "Activities · Muster",
      description: "Activities of the faculty: enrol, and see what is done",
      content: PackageResources.activities_html)
    page.order = 50
    page.styles = ["activities.css"]
    page.menu = .init("Activities", "活动")
    page.summary = .init(
      "Enrol with the activity's own form, and clock in by scanning a code.",
      "填写报名表参加活动，扫码即可打卡。")
    return page
  }

  private static var scan: Page {
    var page = Page(
      "scan", title: "Clock in · Muster", description: "Clock in by scanning a code",
      content: PackageResources.scan_html)
    page.styles = ["scan.css"]
    return page
  }

  private static var office: Page {
    var page = Page(
      "office", path: "/admin/activities", title: "Activities: back office · Muster",
      description: "Activities, their forms, clock-in items, enrolments and corrections",
      content: PackageResources.office_html)
    page.styles = ["office.css"]
    return page
  }

  private static var projector: Page {
    var page = Page(
      "projector", path: "/projector/:clockin", title: "Clock-in · Muster",
      description: "The QR code of a clock-in item for a wall",
      content: PackageResources.projector_html)
    page.styles = ["projector.css"]
    return page
  }

  private static var rooms: Page {
    var page = Page(
      "rooms", title: "Meeting rooms · Muster",
      description: "Meeting rooms: what is free now, and when", content: PackageResources.rooms_html
    )
    page.order = 55
    page.styles = ["rooms.css"]
    page.menu = .init("Rooms", "会议室")
    page.summary = .init(
      "See which meeting room is free and for how long, and book it in two taps.",
      "查看会议室空闲情况，两步即可预约。")
    return page
  }

  private static var door: Page {
    var page = Page(
      "door", path: "/door/:room", title: "Meeting room · Muster",
      description: "One meeting room, for a tablet beside its door",
      content: PackageResources.door_html)
    page.styles = ["door.css"]
    return page
  }
}
