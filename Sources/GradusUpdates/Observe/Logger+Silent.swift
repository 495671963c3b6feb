package import Logging

extension Logger {
  /// For who shows or checks what happens by its events: a log beside them would say the same.
  package static var silent: Logger { Logger(label: "gradus") { _ in SwiftLogNoOpLogHandler() } }
}
