internal import CommandLineKit

extension Command {
  /// Everything that can be typed behind `muster`.
  static let muster = Command(
    "muster", "Muster: live presence, chat and check-in for a campus.",
    details: """
      Exit codes: 0 success, 1 failure, 2 the command line makes no sense, 69 a needed service does \
      not answer, 78 the configuration is wrong.
      """,
    commands: [
      serve, checkConfiguration, printConfiguration, migrate, account, token, publish, watch,
      backup, restore, doctor, plugin, bench, Command("version", "Print the version."),
    ])

  private static let serve = Command(
    "serve", "Run the server.", flags: Flag.configuration + Flag.serving)

  private static let checkConfiguration = Command(
    "check-config", "Check the configuration and say what is wrong with it.",
    flags: Flag.configuration + Flag.serving)

  private static let printConfiguration = Command(
    "print-config", "Print every key with its meaning and its default.",
    details: "The output is a configuration file: muster print-config > muster.yaml",
    flags: Flag.configuration + [
      .on("effective", "Print the values that a server would use instead of the defaults.")
    ])

  private static let migrate = Command(
    "migrate", "Make the tables of the database, or bring them up to date.",
    details: "A server does that by itself when it starts.", flags: Flag.configuration)

  private static let backup = Command(
    "backup", "Copy the database into one file while the server runs.",
    operands: [Operand("FILE", "The new file; replaced when the copy is complete.")],
    flags: Flag.configuration)

  private static let restore = Command(
    "restore", "Put a backup in the place of the database.",
    details: "Stop the server first. The backup is checked before anything is replaced.",
    operands: [Operand("FILE", "What muster backup has made.")],
    flags: Flag.configuration + [.on("verify", "Only check the backup; change nothing.")])

  private static let doctor = Command(
    "doctor", "Check what the server needs to run, with a remedy for what is amiss.",
    flags: Flag.configuration + Flag.serving)

  private static let plugin = Command(
    "plugin", "Write plugins.",
    commands: [
      Command(
        "new", "Write a package with a plugin that builds, has tests and serves a page.",
        operands: [Operand("NAME", "Its name in letters from a to z, and the new folder.")],
        flags: [
          .value(
            "muster", "FOLDER",
            "The checkout of Muster that it builds against; the one of this program if not given.")
        ])
    ])

  private static let bench = Command(
    "bench", "Measure a server: see muster bench --help.",
    details: "Runs muster-bench, which lies beside this program.", takesAnything: true)

  private static let publish = Command(
    "publish", "Send an event to everybody in a topic of a running server.",
    operands: [
      Operand("TOPIC", "The topic, such as chat.room.TEST."),
      Operand("JSON", "The event's object; its member event names it."),
    ], flags: Flag.client)

  private static let watch = Command(
    "watch", "Print the events of a topic of a running server as they happen.",
    operands: [Operand("TOPIC", "The topic, such as checkin.presence.")], flags: Flag.client)
}

extension Command {
  private static let login = Operand("LOGIN", "The login, a profile or the e-mail address.")

  fileprivate static let account = Command(
    "account", "Make and change accounts.",
    commands: [
      Command(
        "add", "Make an account; its password is asked for, or read from the input.",
        operands: [Operand("LOGIN", "The login.")],
        flags: Flag.configuration + [
          .value("name", "TEXT", "The name that others see; the login if there is none."),
          .value("role", "ROLE", repeated: true, "student, teacher, staff or admin."),
          .value("email", "ADDRESS", "The e-mail address."),
          .value(
            "profile", "KIND=VALUE", repeated: true,
            "Who this is to a system: student_number, staff_name, study_name, course_user, telephone."
          ),
          .on("no-password", "Nobody can log in with a password yet."),
        ]),
      Command(
        "passwd", "Set a password and end all logins.", operands: [login],
        flags: Flag.configuration),
      Command(
        "set", "Change an account.",
        details: "An empty value of --email or --profile removes what is there.",
        operands: [login],
        flags: Flag.configuration + [
          .value("login", "TEXT", "The new login."),
          .value("name", "TEXT", "The name that others see."),
          .value("role", "ROLE", repeated: true, "All roles from now on."),
          .value("email", "ADDRESS", "The e-mail address."),
          .value("profile", "KIND=VALUE", repeated: true, "An identifier, as for add."),
          .on("confirm", "Let an account that its holder made use more than the chat."),
        ]),
      Command(
        "delete", "Delete an account for ever and close its connections.",
        details: "Records of the systems about this person stay. To keep somebody out, disable.",
        operands: [login], flags: Flag.configuration),
      Command(
        "list", "List accounts.", operands: [Operand("TEXT", optional: true, "Look for this.")],
        flags: Flag.configuration + [.on("json", "One JSON object per line.")]),
      Command(
        "import", "Make accounts from a CSV file.",
        details: """
          The first line names the columns: login (needed), name, password, password_hash, roles, \
          email, avatar, active, student_number, staff_name, study_name, course_user, telephone. \
          Every line that cannot be taken is named; the others are taken.
          """,
        operands: [Operand("FILE", "A CSV file in UTF-8, or - for the input.")],
        flags: Flag.configuration + [
          .on("dry-run", "Only say what would happen."),
          .on("update", "Change accounts that exist already."),
        ]),
      Command(
        "disable", "Lock an account and close its connections.", operands: [login],
        flags: Flag.configuration),
      Command("enable", "Unlock an account.", operands: [login], flags: Flag.configuration),
    ])

  fileprivate static let token = Command(
    "token", "Make and end tokens of people and keys of programs.",
    commands: [
      Command(
        "issue", "Make a token for an account and print it.", operands: [login],
        flags: Flag.configuration + [
          .value("life", "TIME", "How long it is good, such as 12h or 30d; 30d if not given."),
          .value("purpose", "WORD", "Which system it is for; command-line if not given."),
        ]),
      Command(
        "list", "List the tokens of an account.", operands: [login],
        flags: Flag.configuration),
      Command(
        "revoke", "End tokens and close the connections that use them.",
        operands: [
          login, Operand("ID", optional: true, "Which one, as listed; all if not given."),
        ],
        flags: Flag.configuration),
      Command(
        "key", "Keys of programs for POST /api/v1/….",
        commands: [
          Command(
            "add", "Make a key and print it.", operands: [Operand("NAME", "What it is for.")],
            flags: Flag.configuration + [
              .value(
                "scope", "SCOPE", repeated: true,
                "What it may do: publish, subscribe:checkin.*, or * for everything."),
              .value("life", "TIME", "How long it is good; for ever if not given."),
            ]),
          Command("list", "List the keys.", flags: Flag.configuration),
          Command(
            "revoke", "End a key.", operands: [Operand("ID", "Its number, as listed.")],
            flags: Flag.configuration),
        ]),
    ])
}
