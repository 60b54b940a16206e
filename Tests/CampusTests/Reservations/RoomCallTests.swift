import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

@testable import Campus

/// It is 12:00 on 2020-02-22; a meeting of user 7 goes on in room 2 from 11:30 to 13:00.
@Suite struct `Meeting rooms` {
  private func search(_ faculty: Faculty, _ query: String) async -> BenchAnswer {
    await faculty.get("/meetingrooms/available/?\(query)", as: faculty.li)
  }

  private static let window =
    "time_from=2020-02-22T12:30:00%2B08:00&time_to=2020-02-22T14:00:00%2B08:00"

  @Test(arguments: Engine.testable)
  func `are found with the windows in which they are free`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let answer = await search(faculty, Self.window + "&length=30")
      #expect(
        answer.text == """
          [{"location":"励学楼","meetingrooms":[{"id":1,"info":{"name":"励学楼2203",\
          "location":"励学楼","seats_count":8,"label":"","description":""},"choices":\
          [["2020-02-22T12:30:00+08:00","2020-02-22T13:00:00+08:00"],\
          ["2020-02-22T13:00:00+08:00","2020-02-22T13:30:00+08:00"],\
          ["2020-02-22T13:30:00+08:00","2020-02-22T14:00:00+08:00"]]}]},\
          {"location":"勤学楼","meetingrooms":[{"id":2,"info":{"name":"勤学楼1101",\
          "location":"勤学楼","seats_count":20,"label":"投影","description":""},"choices":\
          [["2020-02-22T13:00:00+08:00","2020-02-22T13:30:00+08:00"],\
          ["2020-02-22T13:30:00+08:00","2020-02-22T14:00:00+08:00"]]},\
          {"id":3,"info":{"name":"勤学楼1102","location":"勤学楼","seats_count":40,\
          "label":"投影 视频会议","description":"大会议室"},"choices":\
          [["2020-02-22T12:30:00+08:00","2020-02-22T13:00:00+08:00"],\
          ["2020-02-22T13:00:00+08:00","2020-02-22T13:30:00+08:00"],\
          ["2020-02-22T13:30:00+08:00","2020-02-22T14:00:00+08:00"]]}]}]
          """)
      func rooms(_ query: String) async -> [JSONValue] {
        let groups = await search(faculty, query).json.array ?? []
        return groups.flatMap { $0["meetingrooms"]?.array ?? [] }.compactMap { $0["id"] }
      }
      #expect(await rooms(Self.window) == [1, 3])
      #expect(await rooms(Self.window + "&people_count=9") == [3])
      #expect(await rooms(Self.window + "&label=%E8%A7%86%E9%A2%91") == [3])
      #expect(await rooms(Self.window + "&location=%E5%8A%B1") == [1])
      let zulu = "time_from=2020-02-22T05:00:00Z&time_to=2020-02-22T05:10:00Z"
      let first = await search(faculty, zulu).json[0]?["meetingrooms"]?[0]
      #expect(first?["choices"]?[0] == ["2020-02-22T05:00:00Z", "2020-02-22T05:10:00Z"])
    }
  }

  @Test(arguments: [
    ("", "非法参数。"), ("time_from=2020-02-22T13:00:00%2B08:00", "非法参数。"),
    ("time_from=2020-02-22T13:00:00&time_to=2020-02-22T14:00:00", "非法参数。"),
    (window + "&people_count=x", "非法参数。"), (window + "&length=1.5", "非法参数。"),
    (
      "time_from=2020-02-22T12:04:00%2B08:00&time_to=2020-02-22T14:00:00%2B08:00",
      "最早的开始时间必须在现在以后。"
    ),
    (
      "time_from=2020-02-22T13:00:00%2B08:00&time_to=2020-02-22T13:09:00%2B08:00",
      "预约会议时间不得少于10分钟。"
    ),
    (window + "&length=9", "预约会议时间不得少于10分钟，不得超过3小时。"),
    (window + "&length=-60", "预约会议时间不得少于10分钟，不得超过3小时。"),
    (window + "&length=185", "预约会议时间不得少于10分钟，不得超过3小时。"),
    (
      "time_from=2020-02-22T13:00:00%2B08:00&time_to=2020-02-22T17:00:00%2B08:00",
      "预约会议时间不得少于10分钟，不得超过3小时。"
    ),
    (
      "time_from=2020-02-22T13:00:00%2B08:00&time_to=2220-02-22T17:00:00%2B08:00&length=10",
      "非法参数。"
    ), ("query_from=2020-02-22T13:00:00%2B08:00", "查询的开始和结束时间必须以正确格式给定。"),
  ])
  func `are not searched for with what is outside the limits`(
    query: String, sentence: String
  ) async throws {
    try await withFaculty { faculty in
      #expect(await search(faculty, query).whole == #"400 {"detail":"\#(sentence)"}"#)
    }
  }

  @Test(arguments: Engine.testable)
  func `are shown with their reservations by the second search`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let query = "query_from=2020-02-22T12:30:00%2B08:00&query_to=2020-02-22T13:30:00%2B08:00"
      let answer = await search(faculty, query + "&people_count=20").json
      #expect(
        answer == [
          [
            "reservations": [
              [
                "id": 88,
                "time_range": ["2020-02-22T11:30:00+08:00", "2020-02-22T13:00:00+08:00"],
                "reserve_user": "20120001-陈伟", "contact": "13800000000", "description": "组会",
              ]
            ],
            "meetingroom": ["id": 2, "name": "勤学楼1101", "seats_count": 20],
          ],
          [
            "reservations": [],
            "meetingroom": ["id": 3, "name": "勤学楼1102", "seats_count": 40],
          ],
        ])
      #expect(await search(faculty, query + "&people_count=many").json.array?.count == 3)
    }
  }

  @Test func `say whether they are free and until when`() async throws {
    try await withFaculty { faculty in
      _ = await faculty.post(
        "/reservations/",
        [
          "reserve_from": "2020-02-22T13:00:00+08:00", "reserve_to": "2020-02-22T13:30:00+08:00",
          "description": "b", "meetingroom": 2,
        ], as: faculty.li)
      let rooms = await faculty.get("/meetingrooms/", as: faculty.li).json.array ?? []
      #expect(rooms.count == 3)
      let free = rooms.first { $0["id"] == 1 }
      #expect(free?["state"] == "free")
      #expect(free?["free_until"] == .null)
      let busy = await faculty.get("/meetingrooms/2/", as: faculty.li).json
      #expect(busy["state"] == "busy")
      #expect(busy["current"]?["id"] == 88)
      #expect(busy["current"]?["mine"] == false)
      #expect(busy["next"]?["mine"] == true)
      #expect(busy["busy_until"] == "2020-02-22T13:30:00+08:00")
      #expect(busy["today"]?.array?.count == 2)
      #expect(await faculty.get("/meetingrooms/9/", as: faculty.li).status == 404)
      let day = await faculty.get("/meetingrooms/day/?date=2020-02-22", as: faculty.li).json
      #expect(day["max_minutes"] == 180)
      #expect(
        day["rooms"]?.array?.first { $0["id"] == 2 }?["reservations"]?.array?.count == 2)
      let other = await faculty.get("/meetingrooms/day/?date=2020-02-21", as: faculty.li).json
      #expect(other["rooms"]?.array?.allSatisfy { $0["reservations"] == [] } == true)
      #expect(await faculty.get("/meetingrooms/day/?date=2020-2-3x", as: faculty.li).status == 400)
      let student = try await faculty.student()
      #expect(await faculty.get("/meetingrooms/", as: student).status == 403)
    }
  }

  @Test func `hide who has them where titles are private`() async throws {
    try await withFaculty(settings: ["private_titles": .flag(true)]) { faculty in
      let hidden = await faculty.get("/meetingrooms/2/", as: faculty.li).json["current"]
      #expect(hidden?["title"] == "已预约")
      #expect(hidden?["description"] == "")
      for own in [faculty.chen, faculty.admin] {
        let shown = await faculty.get("/meetingrooms/2/", as: own).json["current"]
        #expect(shown?["title"] == "20120001-陈伟")
      }
      let snapshot = try await faculty.bench.snapshot("campus.room.2", as: faculty.li)
      #expect(snapshot?[0]?["reservations"]?[0]?["reserve_user"] == "已预约")
      #expect(snapshot?[0]?["reservations"]?[0]?["contact"] == .null)
    }
  }

  @Test(arguments: Engine.testable)
  func `tell what time alone changes, once`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let plugin = try #require(faculty.bench.unit.plugin as? CampusPlugin)
      let announcer = plugin.reservations.announcer
      let clock = faculty.bench.clock
      let end = Moment("2020-02-22T13:00:00+08:00")!
      #expect(await announcer.look() == end)
      clock.set(end.microseconds / 1000 - 1)
      #expect(await announcer.look() == end)
      #expect(await faculty.bench.hub.names(in: "campus.rooms") == [])
      clock.set(end.microseconds / 1000)
      #expect(await announcer.look() == nil)
      await announcer.look()
      #expect(await faculty.bench.hub.names(in: "campus.rooms") == ["room.changed"])
      let told = await faculty.bench.hub.published.last
      #expect(told?.topic == "campus.room.2")
      #expect(told?.event.data == ["event": "room.changed", "meetingroom": 2, "state": "free"])
    }
  }

  @Test func `are followed by campus users only`() async throws {
    try await withFaculty { faculty in
      _ = try await faculty.bench.subscribe("campus.rooms", as: faculty.li)
      let student = try await faculty.student()
      await #expect(throws: TopicRefusal.denied) {
        try await faculty.bench.subscribe("campus.rooms", as: student)
      }
      for name in ["campus.room.9", "campus.room.02", "campus.room.x"] {
        await #expect(throws: TopicRefusal.unknown) {
          _ = try await faculty.bench.subscribe(Topic(name), as: faculty.li)
        }
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `are kept by the staff, with everybody's reservations`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let admin = faculty.admin
      let root = "/admin/api/meetingrooms/"
      let fields: JSONValue = ["name": "B12", "location": "B", "seats_count": 4]
      #expect(await faculty.post(root, fields, as: faculty.li).status == 403)
      let made = await faculty.post(root, fields, as: admin)
      #expect(
        made.whole
          == #"201 {"id":4,"name":"B12","location":"B","seats_count":4,"label":"","description":""}"#
      )
      let changed = await faculty.put(
        root + "4/", ["name": "B13", "location": "B", "seats_count": 5, "label": "x"], as: admin)
      #expect(changed.json["name"] == "B13")
      #expect(changed.json["label"] == "x")
      for seats in [JSONValue.int(-1), .int(.max), "x"] {
        let refused = await faculty.post(
          root, ["name": "a", "location": "b", "seats_count": seats], as: admin)
        #expect(refused.json == ["seats_count": ["请填写合法的整数值。"]])
      }
      let reserved = await faculty.post(
        "/admin/api/reservations/",
        [
          "user": 8, "reserve_from": "2020-02-22T14:00:00+08:00",
          "reserve_to": "2020-02-22T15:00:00+08:00", "description": "c", "meetingroom": 4,
        ], as: admin)
      #expect(reserved.json["user"] == 8)
      let span = "from=2020-02-22T14:30:00%2B08:00&to=2020-02-22T14:40:00%2B08:00"
      let list = await faculty.get("/admin/api/reservations/?\(span)", as: admin).json
      #expect(list.array?.map { $0["reserve_user"] } == ["20120002-李娜"])
      #expect(await faculty.get("/admin/api/reservations/", as: admin).json.array?.count == 2)
      #expect(await faculty.delete("/admin/api/reservations/89/", as: admin).status == 204)
      #expect(await faculty.delete(root + "4/", as: admin).status == 204)
      #expect(await faculty.delete(root + "4/", as: admin).status == 404)
      #expect(await faculty.put(root + "4/", fields, as: admin).status == 404)
    }
  }
}
