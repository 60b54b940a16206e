import CommandLineKit
import Glibc

// Scripts end our readers early: `muster account list | head`. The write fails then, which is enough.
signal(SIGPIPE, SIG_IGN)
let program = Program(console: .standard, environment: Program.processEnvironment)
exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
