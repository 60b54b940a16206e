import Testing

@testable import Campus

@Suite struct `Family names` {
  @Test(arguments: [
    ("陈伟", "陈", "伟"), ("欧阳娜娜", "欧阳", "娜娜"), ("单于", "单", "于"), ("万俟卨", "万俟", "卨"),
    ("尉迟敬德", "尉迟", "敬德"), ("司马懿", "司马", "懿"), ("歐陽修", "歐陽", "修"), ("王小明", "王", "小明"),
    ("陈", "陈", ""), ("Chen Wei", "Chen Wei", ""), ("", "", ""), ("chenwei", "chenwei", ""),
  ])
  func `stand first in a full name`(name: String, last: String, first: String) {
    #expect(PersonName(splitting: name) == PersonName(last: last, first: first))
  }

  @Test func `have the letters of their own readings`() async {
    let expected = [
      "单": "S", "仇": "Q", "解": "X", "曾": "Z", "查": "Z", "任": "R", "区": "O", "朴": "P", "尉迟": "Y",
      "万俟": "M", "覃": "Q", "华": "H", "盖": "G", "缪": "M", "尉": "W", "单于": "C", "澹台": "T", "长孙": "Z",
      "欧阳": "O", "阚": "K", "翟": "Z", "种": "C", "乐": "Y", "员": "Y", "折": "S", "召": "S", "宁": "N",
      "纪": "J", "谌": "C", "逄": "P", "洗": "X", "冼": "X", "繁": "P", "秘": "B", "祭": "Z", "句": "G",
      "乜": "N", "佴": "N", "莘": "S", "炅": "G", "令狐": "L", "鲜于": "X", "诸葛": "Z", "夏侯": "X", "皇甫": "H",
      "陈": "C", "李": "L", "王": "W", "张": "Z", "刘": "L", "赵": "Z", "管": "G", "曹": "C", "吴": "W",
      "燕": "Y", "应": "Y", "葛": "G", "过": "G", "干": "G", "俞": "Y", "沈": "S", "石": "S", "车": "C",
    ]
    let letters = await FamilyNameIndex().letters(of: Array(expected.keys))
    for (name, letter) in expected { #expect(letters[name] == letter, "\(name)") }
  }

  @Test func `are read alike in traditional characters`() async {
    let expected = [
      "陳": "C", "單": "S", "區": "O", "萬俟": "M", "蓋": "G", "闞": "K", "歐陽": "O", "尉遲": "Y", "劉": "L",
      "葉": "Y", "單于": "C", "澹臺": "T",
    ]
    let letters = await FamilyNameIndex().letters(of: Array(expected.keys))
    for (name, letter) in expected { #expect(letters[name] == letter, "\(name)") }
  }

  @Test func `of other scripts have the letter of their transcription, or none`() async {
    let expected = [
      "Smith": "S", "émile": "E", "Иванов": "I", "": "?", "7": "?", "?": "?", "👩‍🏫": "?", " ": "?",
    ]
    let letters = await FamilyNameIndex().letters(of: Array(expected.keys))
    for (name, letter) in expected { #expect(letters[name] == letter, "\(name)") }
    let long = String(repeating: "陈", count: 10_000)
    #expect(await FamilyNameIndex().letters(of: [long]) == [long: "C"])
  }
}
