import GradusReports

extension WorkerReport {
  /// For people.
  var text: String {
    let readings = health.isEmpty ? "" : " (\(health.map(\.description).joined(separator: ", ")))"
    return Text.printable("\(worker): \(update.map { "at \($0), " } ?? "")\(state)\(readings)")
  }
}
