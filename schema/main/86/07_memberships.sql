-- Every member event that was not rejected.
CREATE TABLE room_memberships (
  event_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  room_id TEXT NOT NULL,
  membership TEXT NOT NULL,
  forgotten INTEGER DEFAULT 0,
  display_name TEXT,
  avatar_url TEXT,
  event_stream_ordering BIGINT REFERENCES events (stream_ordering),
  UNIQUE (event_id)
);

CREATE INDEX room_memberships_room_id ON room_memberships (room_id);
CREATE INDEX room_memberships_user_id ON room_memberships (user_id);
CREATE INDEX room_memberships_user_room_forgotten ON room_memberships (user_id, room_id) WHERE forgotten = 1;
CREATE INDEX room_membership_user_room_idx ON room_memberships (user_id, room_id);
CREATE INDEX room_memberships_stream_ordering_idx ON room_memberships (event_stream_ordering);

-- The newest membership of each local user in each room.
CREATE TABLE local_current_membership (
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  membership TEXT NOT NULL,
  event_stream_ordering BIGINT REFERENCES events (stream_ordering)
);

CREATE UNIQUE INDEX local_current_membership_idx ON local_current_membership (user_id, room_id);
CREATE INDEX local_current_membership_room_idx ON local_current_membership (room_id);
CREATE INDEX local_current_membership_stream_ordering_idx ON local_current_membership (event_stream_ordering);
