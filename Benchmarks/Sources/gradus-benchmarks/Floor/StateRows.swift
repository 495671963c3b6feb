/// The rows that rooms' values are made of.
enum StateRows {
  /// The current state with its events' JSON as `c` and `j`, but for what is rejected or redacted; further conditions may
  /// follow.
  static let from = """
    FROM current_state_events c
    JOIN events e ON e.event_id = c.event_id
    JOIN event_json j ON j.event_id = c.event_id
    LEFT JOIN rejections x ON x.event_id = c.event_id
    WHERE c.state_key = '' AND x.event_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM redactions r WHERE r.redacts = c.event_id)
    """
}
