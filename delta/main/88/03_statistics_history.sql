-- Statistics over time: what rooms and users were like at the end of each slice of time in which they changed.

CREATE TABLE room_stats_historical (
  room_id TEXT NOT NULL,
  end_ts BIGINT NOT NULL,
  bucket_size BIGINT NOT NULL,
  current_state_events BIGINT NOT NULL,
  joined_members BIGINT NOT NULL,
  invited_members BIGINT NOT NULL,
  left_members BIGINT NOT NULL,
  banned_members BIGINT NOT NULL,
  local_users_in_room BIGINT NOT NULL,
  total_events BIGINT NOT NULL,
  total_event_bytes BIGINT NOT NULL,
  knocked_members BIGINT,
  PRIMARY KEY (room_id, end_ts)
);

CREATE INDEX room_stats_historical_end_ts ON room_stats_historical (end_ts);

CREATE TABLE user_stats_historical (
  user_id TEXT NOT NULL,
  end_ts BIGINT NOT NULL,
  bucket_size BIGINT NOT NULL,
  joined_rooms BIGINT NOT NULL,
  invites_sent BIGINT NOT NULL,
  rooms_created BIGINT NOT NULL,
  total_events BIGINT NOT NULL,
  total_event_bytes BIGINT NOT NULL,
  PRIMARY KEY (user_id, end_ts)
);

CREATE INDEX user_stats_historical_end_ts ON user_stats_historical (end_ts);

-- The slice that a room's current row stands in. It is dirty while the row has changed since the newest historical row.
-- In tables of their own, as the tables of current rows belong to other versions too.
CREATE TABLE room_stats_slices (
  room_id TEXT NOT NULL PRIMARY KEY,
  end_ts BIGINT NOT NULL,
  bucket_size BIGINT NOT NULL,
  is_dirty BOOLEAN NOT NULL,
  total_events BIGINT NOT NULL DEFAULT 0,
  total_event_bytes BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX room_stats_slices_dirty ON room_stats_slices (end_ts) WHERE is_dirty;

CREATE TABLE user_stats_slices (
  user_id TEXT NOT NULL PRIMARY KEY,
  end_ts BIGINT NOT NULL,
  bucket_size BIGINT NOT NULL,
  is_dirty BOOLEAN NOT NULL,
  invites_sent BIGINT NOT NULL DEFAULT 0,
  rooms_created BIGINT NOT NULL DEFAULT 0,
  total_events BIGINT NOT NULL DEFAULT 0,
  total_event_bytes BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX user_stats_slices_dirty ON user_stats_slices (end_ts) WHERE is_dirty;
