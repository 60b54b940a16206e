internal import Transliteration

/// Chinese family names: their length and their first letter in pinyin.
enum FamilyName {
  /// Family names of two characters that are in use.
  private static let compound: Set<String> = [
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟",
    "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离",
    "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷",
    "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭",
    "南门", "羊舌", "微生", "公户", "公玉", "梁丘", "左丘", "东门", "西门", "第五", "纳兰", "完颜", "耶律",
    "单于", "歐陽", "東方", "聞人", "諸葛", "尉遲", "公羊", "赫連", "澹臺", "濮陽", "申屠", "公孫", "鍾離",
    "長孫", "鮮于", "司馬", "軒轅", "百里", "萬俟", "單于",
  ]

  /// How many characters of a name of at least two belong to the family name.
  static func length(in name: [Unicode.Scalar]) -> Int {
    guard name.count >= 3 else { return 1 }
    return compound.contains(String(String.UnicodeScalarView(name[..<2]))) ? 2 : 1
  }

  /// The letter of a family name without any.
  static let noLetter = "?"

  /// Readings of names that ICU's rules for names lack or have otherwise.
  private static let readings: [String: String] = [
    "尉": "W", "阚": "K", "缪": "M", "覃": "Q", "句": "G", "乜": "N", "佴": "N", "祭": "Z", "莘": "S",
    "炅": "G", "单于": "C", "澹台": "T",
  ]

  /// The rules that the letters are made by; opening them takes a good part of a second.
  final class Rules {
    private let simplified = Transliterator("Hant-Hans")
    private let pinyin = Transliterator("Han-Latin/Names; Any-Latin; Latin-ASCII; Upper")

    /// The upper-case letter of A to Z with which the pinyin of a family name begins.
    func letter(of name: String) -> String {
      let plain = simplified?.transliterated(name) ?? name
      if let known = readings[plain] { return known }
      guard let first = pinyin?.transliterated(plain)?.utf8.first, (65...90).contains(first) else {
        return noLetter
      }
      return String(UnicodeScalar(first))
    }
  }
}
