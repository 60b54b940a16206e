import Testing

@testable import SignTasks

@Suite struct `A verdict` {
  /// The tables of the document.
  private static let document = """
    17000 准备的课程ID有误
    17001 不是教师用户，不能创建课程签到
    17002 错误的课程参数
    17003 你无法在此课程上创建签到
    17100 不是老师，不能创建签到
    17101 无效的课程ID
    17102 过期时间必须在1~1000之间，单位为分钟
    17103 无效的签到名称，请使用友好的名称
    17104 错误的课程参数
    17105 你无法在此课程上创建签到
    17106 处理签到操作发生异常
    17107 存在重复的任务，请修改任务名称
    17108 无法创建签到任务
    17109 无法创建签到关联事件
    17200 非教师用户无权限
    17300 非学生无法查询新签到任务
    17400 非教师用户，无权限
    17401 非法签到任务ID
    17402 附加信息为空
    17403 未找到对应的签到
    17404 无法附加新的信息
    17500 非教师用户
    17501 非法签到ID
    17502 未找到签到
    17600 非法用户
    17601 未知签到ID
    17602 签名算法无效
    17603 签名验证失败
    17604 签名时间偏差大于60秒，检查设备时间，或使用服务器时间
    17605 未找到签到任务
    17606 签到已超时，无法继续添加
    17607 签到事件已添加，无法再次添加
    17608 未选该课程，无法进行签到事件
    17609 无法创建签到记录
    17700 非学生用户，签到失败
    17701 非法签到记录ID
    17702 未知签名算法
    17703 未找到签到记录
    17704 该签到已完成，无需再次处理
    17705 该签到已过期
    17706 签到服务器数据异常
    17707 数据解析失败
    17708 数据异常，无法匹配原始请求状态UID
    17709 设置的签到状态有误
    17710 无法更新签到记录
    17711 无法针对签到人数修改
    17712 签到处理发生异常
    17800 非学生用户
    17801 非法状态参数
    17900 非学生
    17901 非法参数值
    17902 未找到记录
    """

  @Test func `has the words of the document`() throws {
    let lines = Self.document.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
    #expect(lines.count == 52)
    for line in lines {
      let code = try #require(Int(line[0]))
      #expect(Verdict(code).text == line[1])
    }
    // Everything below 19000 is of the document's ten calls, or of the courses.
    let codes = Set(Verdict.texts.keys.filter { (17000..<18000).contains($0) })
    #expect(codes == Set(lines.compactMap { Int($0[0]) }))
  }
}
