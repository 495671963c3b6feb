-- What is stored beside an event: its JSON, and whether it is state, rejected or redacted.

CREATE TABLE event_json (
  event_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  internal_metadata TEXT NOT NULL,
  json TEXT NOT NULL,
  format_version INTEGER,
  UNIQUE (event_id)
);

CREATE TABLE state_events (
  event_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT NOT NULL,
  prev_state TEXT,
  UNIQUE (event_id)
);

CREATE TABLE rejections (
  event_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  last_check TEXT NOT NULL,
  UNIQUE (event_id)
);

CREATE TABLE redactions (
  event_id TEXT NOT NULL,
  redacts TEXT NOT NULL,
  have_censored BOOLEAN NOT NULL DEFAULT FALSE,
  received_ts BIGINT,
  UNIQUE (event_id)
);

CREATE INDEX redactions_redacts ON redactions (redacts);
CREATE INDEX redactions_have_censored_ts ON redactions (received_ts) WHERE NOT have_censored;

-- Bans that redact all that the banned user sent, up to redact_end_ordering where it is set.
CREATE TABLE room_ban_redactions (
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  redacting_event_id TEXT NOT NULL,
  redact_end_ordering BIGINT DEFAULT NULL,
  CONSTRAINT room_ban_redaction_uniqueness UNIQUE (room_id, user_id)
);
