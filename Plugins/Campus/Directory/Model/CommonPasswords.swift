/// Passwords of eight and more characters that guessing begins with.
///
/// Shorter ones and those of digits alone are refused by other rules.
enum CommonPasswords {
  private static let words = [
    "password", "passw0rd", "p@ssword", "p@ssw0rd", "pass1234", "passpass", "qwertyui",
    "qwertyuiop",
    "qwerty12", "qwerty123", "asdfghjk", "asdfghjkl", "asdfasdf", "zxcvbnm1", "zxcvbnm123",
    "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "qazwsxedc", "qazwsx123", "q1w2e3r4",
    "iloveyou", "iloveyou1", "woaini123", "woaini520", "woaini1314", "5201314a", "a5201314",
    "princess", "sunshine", "football", "baseball", "superman", "starwars", "whatever", "trustno1",
    "computer", "internet", "michelle", "jennifer", "jordan23", "corvette", "mercedes", "maverick",
    "welcome1", "welcome123", "letmein1", "letmein123", "admin123", "admin1234", "administrator",
    "abcd1234", "abc12345", "a1234567", "a12345678", "aa123456", "aa12345678", "a123456789",
    "aaaaaaaa", "abcdefgh", "abcdefg1", "asd12345", "asdf1234", "qwer1234", "qwe12345", "zxc12345",
    "zaq12wsx", "xiaoming", "wangyang", "123456aa", "123456abc", "12345678a", "123456789a",
    "123qweasd", "1234qwer", "123abc456", "abc123456", "abc123abc", "test1234", "testtest",
    "changeme", "changeme1", "dragon12", "monkey12", "master12", "shadow12", "liverpool",
    "chelsea1",
    "charlie1", "michael1", "samsung1", "nintendo", "pokemon1", "blink182", "access14", "killer12",
    "student1", "student123", "teacher1", "teacher123", "university", "hohai123", "hohai1915",
    "secret12", "freedom1", "hello123", "helloworld", "nihao123", "wodemima", "mima1234",
    "caonima1", "caonima123", "zhang123", "wang1234", "li123456", "chen1234",
  ]

  private static let all = Set(words)

  static func contains(_ password: String) -> Bool { all.contains(password.lowercased()) }
}
