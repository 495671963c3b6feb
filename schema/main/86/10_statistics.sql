-- Statistics of rooms and users: what the server counts, and what it shows in lists of rooms.

CREATE TABLE room_stats_current (
  room_id TEXT NOT NULL PRIMARY KEY,
  current_state_events INT NOT NULL,
  joined_members INT NOT NULL,
  invited_members INT NOT NULL,
  left_members INT NOT NULL,
  banned_members INT NOT NULL,
  local_users_in_room INT NOT NULL,
  -- The greatest position of the stream that the counts account for.
  completed_delta_stream_id BIGINT NOT NULL,
  knocked_members INT
);

CREATE TABLE room_stats_state (
  room_id TEXT NOT NULL,
  name TEXT,
  canonical_alias TEXT,
  join_rules TEXT,
  history_visibility TEXT,
  encryption TEXT,
  avatar TEXT,
  guest_access TEXT,
  is_federatable BOOLEAN,
  topic TEXT,
  room_type TEXT
);

CREATE UNIQUE INDEX room_stats_state_room ON room_stats_state (room_id);

CREATE TABLE user_stats_current (
  user_id TEXT NOT NULL PRIMARY KEY,
  joined_rooms BIGINT NOT NULL,
  completed_delta_stream_id BIGINT NOT NULL
);

-- How far the server's own counting came; one row.
CREATE TABLE stats_incremental_position (
  lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE,
  stream_id BIGINT NOT NULL,
  CHECK (lock = 'X')
);

INSERT INTO stats_incremental_position (stream_id) VALUES (1);

-- No longer read by any version, but purged with a room.
CREATE TABLE room_stats_earliest_token (
  room_id TEXT NOT NULL,
  token BIGINT NOT NULL
);

CREATE UNIQUE INDEX room_stats_earliest_token_idx ON room_stats_earliest_token (room_id);
