/// Chinese family names: their length.
enum FamilyName {
  /// Family names of two characters that are in use.
  private static let compound: Set<String> = [
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟",
    "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离",
    "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷",
    "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭",
    "南门", "羊舌", "微生", "公户", "公玉", "梁丘", "左丘", "东门", "西门", "第五", "纳兰", "完颜", "耶律",
  ]

  /// How many characters of a name of at least two belong to the family name.
  static func length(in name: [Unicode.Scalar]) -> Int {
    guard name.count >= 3 else { return 1 }
    return compound.contains(String(String.UnicodeScalarView(name[..<2]))) ? 2 : 1
  }
}
