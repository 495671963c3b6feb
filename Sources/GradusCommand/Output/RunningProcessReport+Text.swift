import GradusReports

extension RunningProcessReport {
  /// A line for each process.
  static func lines(_ processes: [RunningProcessReport], indent: String) -> [String] {
    processes.map { "\(indent)\($0.text)" }
  }
}
