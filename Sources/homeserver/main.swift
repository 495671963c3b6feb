import GradusCommand

await CommandRunner.main(HomeserverCommandLine.self)
