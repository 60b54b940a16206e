import Glibc

signal(SIGPIPE, SIG_IGN)
exit(await Bench.run(Array(CommandLine.arguments.dropFirst())))
