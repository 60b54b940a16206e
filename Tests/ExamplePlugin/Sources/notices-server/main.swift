import MusterServer
import Notices

await Program.main(Program.standardPlugins + [NoticesPlugin.self])
