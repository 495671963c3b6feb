-- The current state of the rooms that the server is in, and the stream of its changes.

CREATE TABLE current_state_events (
  event_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT NOT NULL,
  membership TEXT,
  event_stream_ordering BIGINT REFERENCES events (stream_ordering),
  UNIQUE (event_id),
  UNIQUE (room_id, type, state_key)
);

CREATE INDEX current_state_events_member_index ON current_state_events (state_key) WHERE type = 'm.room.member';
CREATE INDEX current_state_events_stream_ordering_idx ON current_state_events (event_stream_ordering);

CREATE TABLE current_state_delta_stream (
  stream_id BIGINT NOT NULL,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT NOT NULL,
  event_id TEXT,
  prev_event_id TEXT,
  instance_name TEXT
);

CREATE INDEX current_state_delta_stream_idx ON current_state_delta_stream (stream_id);

-- The state after an event, as a group of the state database.
CREATE TABLE event_to_state_groups (
  event_id TEXT NOT NULL,
  state_group BIGINT NOT NULL,
  UNIQUE (event_id)
);

CREATE INDEX event_to_state_groups_sg_index ON event_to_state_groups (state_group);
