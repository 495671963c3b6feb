extension UpdateOptions {
  /// For somebody who waits for the end, with what these options say of rows, attempts and waiting.
  package var inForeground: UpdateOptions {
    var options = UpdateOptions.foreground
    options.batches.minBatchSize = batches.minBatchSize
    options.batches.maxBatchSize = batches.maxInForeground
    options.batches.defaultBatchSize = max(
      batches.minBatchSize, min(options.batches.defaultBatchSize, batches.maxBatchSize))
    options.batches.attempts = batches.attempts
    options.lockTimeout = lockTimeout
    options.statementTimeout = statementTimeout
    options.leaseDuration = leaseDuration
    options.reconnectTimeout = reconnectTimeout
    return options
  }
}
