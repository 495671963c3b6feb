import GradusReports

extension CommandContext {
  /// What reports compare a database with.
  var reports: ReportContext { ReportContext(schema: schema, registry: registry, updates: updates) }
}
