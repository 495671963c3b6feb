import Foundation

/// What is set in the environment.
enum EnvironmentVariable {
  /// A variable's value; nil where it is empty, too: service managers and CI set those that they have no value for.
  static func value(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
