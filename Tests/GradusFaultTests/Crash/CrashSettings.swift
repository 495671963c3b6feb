import Foundation
import GradusSQL
import GradusTestSupport

/// What `tools/crash-test` asks for.
enum CrashSettings {
  private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  /// How many processes are killed on each engine.
  static let kills = variable("GRADUS_CRASH_KILLS").flatMap { Int($0) } ?? 50

  /// How many of the worked example's are.
  static let homeserverKills = max(1, kills / 5)

  /// The engines to try.
  static let engines = TestDatabase.availableEngines.filter { engine in
    variable("GRADUS_CRASH_ENGINE").map { $0 == engine.rawValue } ?? true
  }
}
