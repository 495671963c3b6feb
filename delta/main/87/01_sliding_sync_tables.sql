-- What sliding sync sorts and filters rooms by, one row a room or membership, so that a client's list needs no state
-- events. A row that exists is right; where one is missing, readers compute it from the events.

-- The rooms whose row is to be computed by a background update.
CREATE TABLE sliding_sync_joined_rooms_to_recalculate (
  room_id TEXT NOT NULL REFERENCES rooms (room_id),
  PRIMARY KEY (room_id)
);

-- One row a room that a local user is joined to, from its current state.
CREATE TABLE sliding_sync_joined_rooms (
  room_id TEXT NOT NULL REFERENCES rooms (room_id),
  event_stream_ordering BIGINT NOT NULL REFERENCES events (stream_ordering),
  bump_stamp BIGINT,
  room_type TEXT,
  room_name TEXT,
  is_encrypted BOOLEAN NOT NULL DEFAULT FALSE,
  tombstone_successor_room_id TEXT,
  PRIMARY KEY (room_id)
);

CREATE UNIQUE INDEX sliding_sync_joined_rooms_event_stream_ordering
  ON sliding_sync_joined_rooms (event_stream_ordering);

-- One row a local user and room: the newest membership and the room as that user may see it.
CREATE TABLE sliding_sync_membership_snapshots (
  room_id TEXT NOT NULL REFERENCES rooms (room_id),
  user_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  membership_event_id TEXT NOT NULL REFERENCES events (event_id),
  membership TEXT NOT NULL,
  forgotten INTEGER NOT NULL DEFAULT 0,
  event_stream_ordering BIGINT NOT NULL REFERENCES events (stream_ordering),
  event_instance_name TEXT NOT NULL,
  has_known_state BOOLEAN NOT NULL DEFAULT FALSE,
  room_type TEXT,
  room_name TEXT,
  is_encrypted BOOLEAN NOT NULL DEFAULT FALSE,
  tombstone_successor_room_id TEXT,
  PRIMARY KEY (room_id, user_id)
);

CREATE UNIQUE INDEX sliding_sync_membership_snapshots_event_stream_ordering
  ON sliding_sync_membership_snapshots (event_stream_ordering);
CREATE INDEX sliding_sync_membership_snapshots_user_id ON sliding_sync_membership_snapshots (user_id);

INSERT INTO background_updates (ordering, update_name, progress_json)
VALUES (8701, 'sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update', '{}');
INSERT INTO background_updates (ordering, update_name, progress_json, depends_on)
VALUES (
  8701, 'sliding_sync_joined_rooms_bg_update', '{}',
  'sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update'
);
INSERT INTO background_updates (ordering, update_name, progress_json)
VALUES (8701, 'sliding_sync_membership_snapshots_bg_update', '{}');
