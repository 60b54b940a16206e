import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

/// It is 12:00 on 2020-02-22; a meeting of user 7 goes on in room 2 from 11:30 to 13:00.
@Suite struct `Reservations` {
  private func reserve(
    _ faculty: Faculty, _ from: String, _ to: String, room: JSONValue = 1,
    as who: Identity? = nil, more: JSONObject = [:]
  ) async -> BenchAnswer {
    var body: JSONObject = [
      "reserve_from": .string("2020-02-22T\(from)+08:00"),
      "reserve_to": .string("2020-02-22T\(to)+08:00"), "description": "组会", "meetingroom": room,
    ]
    for (name, value) in more { body[name] = value }
    return await faculty.post("/reservations/", .object(body), as: who ?? faculty.chen)
  }

  private func refusal(_ text: String) -> String { #"400 {"non_field_errors":["\#(text)"]}"# }

  @Test(arguments: Engine.testable)
  func `are made on the grid, shown to their holder and cancelled`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let answer = await reserve(faculty, "17:02:59", "18:04:10", room: 2)
      let expected: JSONValue = [
        "id": 89, "user": 7,
        "meetingroom": [
          "id": 2, "name": "勤学楼1101", "location": "勤学楼", "seats_count": 20, "label": "投影",
          "description": "",
        ],
        "reserve_from": "2020-02-22T17:00:00+08:00", "reserve_to": "2020-02-22T18:00:00+08:00",
        "description": "组会",
      ]
      #expect(answer.status == 201)
      #expect(answer.json == expected)
      #expect(await faculty.get("/reservations/89/", as: faculty.chen).json == expected)
      #expect(await faculty.get("/reservations/89/", as: faculty.li).status == 404)
      let list = await faculty.get("/reservations/", as: faculty.chen).json
      #expect(list["count"] == 2)
      #expect(list["results"]?[0] == expected)
      #expect(list["results"]?[1]?["id"] == 88)
      #expect(await faculty.delete("/reservations/89/", as: faculty.li).status == 404)
      #expect(await faculty.delete("/reservations/89/", as: faculty.chen).whole == "204 ")
      #expect(await faculty.delete("/reservations/89/", as: faculty.chen).status == 404)
      #expect(
        await faculty.bench.hub.names(in: "campus.rooms")
          == ["reservation.created", "reservation.cancelled"])
      #expect(
        await faculty.bench.hub.names(in: "campus.room.2")
          == ["reservation.created", "reservation.cancelled"])
    }
  }

  @Test func `are refused with the documented sentences`() async throws {
    try await withFaculty { faculty in
      let past = "开始时间必须在现在以后。"
      #expect(await reserve(faculty, "12:04:59", "13:00:00").whole == refusal(past))
      #expect(await reserve(faculty, "12:05:00", "13:00:00").status == 201)
      let length = "预约会议时间不得少于10分钟，不得超过3小时。"
      #expect(await reserve(faculty, "14:00:00", "14:09:00").whole == refusal(length))
      #expect(await reserve(faculty, "14:00:00", "17:05:00").whole == refusal(length))
      #expect(await reserve(faculty, "14:00:00", "13:00:00").whole == refusal(length))
      #expect(await reserve(faculty, "14:00:00", "14:10:00").status == 201)
      #expect(await reserve(faculty, "14:10:00", "17:10:00").status == 201)
      let unknown = await reserve(faculty, "14:00:00", "15:00:00", room: 99)
      #expect(unknown.whole == #"400 {"meetingroom":["无效主键 “99” － 对象不存在。"]}"#)
      let none = await faculty.post("/reservations/", as: faculty.chen)
      #expect(
        none.json
          == [
            "reserve_from": ["该字段是必填项。"], "reserve_to": ["该字段是必填项。"],
            "description": ["该字段是必填项。"], "meetingroom": ["该字段是必填项。"],
          ])
      #expect(await faculty.post("/reservations/").status == 401)
    }
  }

  @Test func `take the room under the name of the published client, too`() async throws {
    try await withFaculty { faculty in
      func body(_ room: JSONObject) -> JSONValue {
        .object(
          JSONObject(
            [
              ("reserve_from", .string("2020-02-22T14:00:00+08:00")),
              ("reserve_to", .string("2020-02-22T15:00:00+08:00")), ("description", "a"),
            ] + room.map { ($0.0, $0.1) }))
      }
      let old = await faculty.post(
        "/reservations/", body(["meetingroom_object": 3]), as: faculty.chen)
      #expect(old.json["meetingroom"]?["id"] == 3)
      let both = await faculty.post(
        "/reservations/", body(["meetingroom_object": 3, "meetingroom": 1]), as: faculty.chen)
      #expect(both.json["meetingroom"]?["id"] == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `never overlap, and may touch`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let taken = refusal("会议室在该时间段已经被占用。")
      #expect(await reserve(faculty, "12:55:00", "13:30:00", room: 2).whole == taken)
      #expect(await reserve(faculty, "13:00:00", "14:00:00", room: 2).status == 201)
      #expect(await reserve(faculty, "14:00:00", "15:00:00", room: 2).status == 201)
      for (from, to) in [
        ("13:30:00", "13:40:00"), ("12:30:00", "15:30:00"), ("13:00:00", "14:00:00"),
        ("14:50:00", "15:10:00"),
      ] {
        #expect(await reserve(faculty, from, to, room: 2).whole == taken, "\(from)")
      }
      #expect(await reserve(faculty, "13:30:00", "13:40:00", room: 3).status == 201)
    }
  }

  @Test(arguments: Engine.testable)
  func `of one moment have one winner`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let people = [faculty.chen, faculty.li, faculty.wang, faculty.admin]
      let statuses = await withTaskGroup { group in
        for number in 0..<20 {
          group.addTask {
            await faculty.post(
              "/meetingrooms/1/book-now/", ["minutes": 30], as: people[number % people.count]
            ).status
          }
        }
        return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [201: 1, 400: 19])
    }
  }

  @Test(arguments: Engine.testable)
  func `begin now, become longer and end early`(engine: Engine) async throws {
    try await withFaculty(engine, at: "2020-02-22 12:03:30") { faculty in
      let made = await faculty.post(
        "/meetingrooms/1/book-now/", ["minutes": 15], as: faculty.li)
      #expect(made.status == 201)
      #expect(made.json["reserve_from"] == "2020-02-22T12:00:00+08:00")
      #expect(made.json["reserve_to"] == "2020-02-22T12:15:00+08:00")
      let path = "/reservations/89"
      #expect(
        await faculty.post("\(path)/extend/", ["minutes": 15], as: faculty.chen).status == 404)
      let longer = await faculty.post("\(path)/extend/", ["minutes": 15], as: faculty.li)
      #expect(longer.json["reserve_to"] == "2020-02-22T12:30:00+08:00")
      let tooLong = await faculty.post("\(path)/extend/", ["minutes": 155], as: faculty.li)
      #expect(tooLong.whole == refusal("预约会议时间不得少于10分钟，不得超过3小时。"))
      #expect(await faculty.post("\(path)/end/", as: faculty.chen).status == 404)
      let ended = await faculty.post("\(path)/end/", as: faculty.li)
      #expect(ended.json["reserve_to"] == "2020-02-22T12:03:30+08:00")
      #expect(await faculty.post("\(path)/end/", as: faculty.li).whole == refusal("该预约不在进行中。"))
      let over = await faculty.post("\(path)/extend/", ["minutes": 15], as: faculty.li)
      #expect(over.whole == refusal("该预约已经结束。"))
      let next = await faculty.post(
        "/meetingrooms/1/book-now/", ["minutes": 30], as: faculty.chen)
      #expect(next.json["reserve_from"] == "2020-02-22T12:03:30+08:00")
      #expect(next.json["reserve_to"] == "2020-02-22T12:30:00+08:00")
      for minutes in [JSONValue.int(-5), .int(.max), "x", .null] {
        let refused = await faculty.post(
          "/meetingrooms/3/book-now/", ["minutes": minutes], as: faculty.chen)
        #expect(refused.status == 400)
      }
      #expect(
        await faculty.post("/meetingrooms/9/book-now/", ["minutes": 30], as: faculty.chen).status
          == 404)
    }
  }

  @Test(arguments: Engine.testable)
  func `agree with an oracle through random changes`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      var oracle: [Int64: Range<Int>] = [:]
      for step in 0..<150 {
        let from = 10 + Int.random(in: 0..<40) * 5
        let to = from + Int.random(in: 2..<12) * 5
        if step % 4 == 3, let (id, _) = oracle.randomElement() {
          #expect(await faculty.delete("/reservations/\(id)/", as: faculty.li).status == 204)
          oracle[id] = nil
          continue
        }
        func clock(_ minutes: Int) -> String {
          "\(12 + minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):00"
        }
        let answer = await reserve(faculty, clock(from), clock(to), room: 3, as: faculty.li)
        let isFree = oracle.values.allSatisfy { !$0.overlaps(from..<to) }
        #expect((answer.status == 201) == isFree, "\(from)–\(to) beside \(oracle)")
        if let id = answer.json["id"]?.int { oracle[Int64(id)] = from..<to }
      }
    }
  }

  @Test func `with times that another program left upside down end no process`() async throws {
    try await withFaculty { faculty in
      try await faculty.bench.store.write { tx in
        try tx.execute("UPDATE campus_reservations SET reserve_from = ?", Int64.max)
      }
      let longer = await faculty.post(
        "/reservations/88/extend/", ["minutes": 15], as: faculty.chen)
      #expect(longer.status == 400)
      #expect(await faculty.get("/reservations/", as: faculty.chen).status == 200)
      #expect(await faculty.get("/meetingrooms/", as: faculty.chen).status == 200)
    }
  }
}
