/// What Gradus's own metrics are about.
package enum MetricHelp {
  package static let texts: [String: String] = [
    "gradus_update_batches_total": "Batches committed.",
    "gradus_update_rows_scanned_total": "Rows looked at.",
    "gradus_update_rows_written_total": "Rows written.",
    "gradus_update_failures_total": "Failed batches.",
    "gradus_update_batch_size": "Rows that the last batch was to look at.",
    "gradus_update_rows_remaining": "Rows that remain, where the update can tell.",
    "gradus_update_batch_duration_seconds": "How long a batch took with its transaction.",
    "gradus_updates_queued": "Updates in the queue.",
    "gradus_updates_parked": "Updates that wait for somebody to ask for another try.",
    "gradus_update_status":
      "3 nothing queued, 2 running, 1 the time windows are closed, 0 all are paused, -1 something is parked.",
    "gradus_update_health": "A reading near or above its limit.",
    "gradus_admin_requests_total": "Requests to the admin API.",
    "gradus_admin_request_duration_seconds": "How long the admin API took to answer.",
    "gradus_admin_wrong_tokens_total": "Requests with a wrong token.",
  ]
}
