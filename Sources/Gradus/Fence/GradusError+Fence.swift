extension GradusError {
  /// Processes of versions that a migration shuts out did not end in time.
  init(stillRunning holders: [VersionHolder], compat: Int, timeout: Duration) {
    self.init(
      .versionsStillRunning,
      "the compat version is to rise to \(compat), but after \(timeout) processes of older versions still run: "
        + holders.map { "\($0)" }.joined(separator: "; "),
      hint:
        "stop them, or upgrade them to a release of schema version \(compat) or later, and run again; or raise --fence-timeout. The compat version was not raised"
    )
  }
}
