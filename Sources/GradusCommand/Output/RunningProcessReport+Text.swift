import GradusReports

extension RunningProcessReport {
  /// A line for each process.
  static func lines(_ processes: [RunningProcessReport], indent: String) -> [String] {
    processes.map { indent + Text.printable($0.text) }
  }
}
