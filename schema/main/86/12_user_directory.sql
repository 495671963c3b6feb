-- Whom users can find, and what is known of them. room_id is not used.
CREATE TABLE user_directory (
  user_id TEXT NOT NULL,
  room_id TEXT,
  display_name TEXT,
  avatar_url TEXT
);

CREATE INDEX user_directory_room_idx ON user_directory (room_id);
CREATE UNIQUE INDEX user_directory_user_idx ON user_directory (user_id);

-- Up to where in the stream of state changes the directory is kept; NULL until it was filled for the first time.
CREATE TABLE user_directory_stream_pos (
  lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE,
  stream_id BIGINT,
  CHECK (lock = 'X')
);

INSERT INTO user_directory_stream_pos (stream_id) VALUES (1);

-- Whom anybody can find.
CREATE TABLE users_in_public_rooms (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL
);

CREATE UNIQUE INDEX users_in_public_rooms_u_idx ON users_in_public_rooms (user_id, room_id);
CREATE INDEX users_in_public_rooms_r_idx ON users_in_public_rooms (room_id);

-- Whom a local user can find beyond that.
CREATE TABLE users_who_share_private_rooms (
  user_id TEXT NOT NULL,
  other_user_id TEXT NOT NULL,
  room_id TEXT NOT NULL
);

CREATE UNIQUE INDEX users_who_share_private_rooms_u_idx
  ON users_who_share_private_rooms (user_id, other_user_id, room_id);
CREATE INDEX users_who_share_private_rooms_r_idx ON users_who_share_private_rooms (room_id);
CREATE INDEX users_who_share_private_rooms_o_idx ON users_who_share_private_rooms (other_user_id);

-- Users of other servers whose profile may have changed.
CREATE TABLE user_directory_stale_remote_users (
  user_id TEXT NOT NULL PRIMARY KEY,
  user_server_name TEXT NOT NULL,
  next_try_at_ts BIGINT NOT NULL,
  retry_counter INTEGER NOT NULL
);

CREATE INDEX user_directory_stale_remote_users_next_try_idx
  ON user_directory_stale_remote_users (next_try_at_ts, user_server_name);
CREATE INDEX user_directory_stale_remote_users_next_try_by_server_idx
  ON user_directory_stale_remote_users (user_server_name, next_try_at_ts);
