import MusterServer

await Program.main()
