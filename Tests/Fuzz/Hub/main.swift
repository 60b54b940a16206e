// Tries a server with what many clients do at once, none of them well. Everything follows from a
// seed, which is printed; `--seed N` does the same again.
import Glibc
import Rig

let options: Options
do { options = try Options(CommandLine.arguments.dropFirst()) } catch {
  print("\(error)\n\(Options.usage)")
  exit(2)
}
exit(await Campaign(options).run())
