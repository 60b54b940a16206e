internal import Storage

/// The meeting rooms of the example data, and a meeting that goes on.
enum ReservationDemo {
  static func add(to tx: Transaction, at now: Moment) throws {
    let rooms = [
      (1, "励学楼2203", "励学楼", 8, "", ""), (2, "勤学楼1101", "勤学楼", 20, "投影", ""),
      (3, "勤学楼1102", "勤学楼", 40, "投影 视频会议", "大会议室"),
    ]
    for (id, name, location, seats, label, description) in rooms {
      try tx.execute(
        """
        INSERT INTO campus_meetingrooms (id, name, location, seats_count, label, description)
        VALUES (?, ?, ?, ?, ?, ?)
        """, id, name, location, seats, label, description)
    }
    let start = BookingRules(grid: 5).floored(now)
    try tx.execute(
      """
      INSERT INTO campus_reservations (id, room_id, user_id, reserve_from, reserve_to, description,
        created)
      VALUES (88, 2, 7, ?, ?, '组会', ?)
      """, (start + -30 * 60).microseconds, (start + 60 * 60).microseconds, now.microseconds)
    for table in ["meetingrooms", "reservations"] { try tx.continueIDs(of: "campus_\(table)") }
  }
}
