-- The queries of version 87: what later schemas are checked against.

-- query: select_events on sqlite
SELECT coalesce((SELECT max(stream_ordering) FROM events WHERE stream_ordering > 0), 0) + 1;

-- query: insert_rooms (text, boolean, text, text, boolean)
INSERT INTO rooms (room_id, is_public, creator, room_version, has_auth_chain_index)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (room_id) DO NOTHING;

-- query: select_rooms (text) on sqlite
SELECT room_version, creator FROM rooms WHERE room_id = $1;

-- query: select_current_state_events (text)
SELECT 1 FROM current_state_events WHERE room_id = $1 LIMIT 1;

-- query: insert_events (bigint, bigint, text, text, text, boolean, boolean, bigint, text, boolean, text, text, text)
INSERT INTO events (
  stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier,
  origin_server_ts, received_ts, sender, contains_url, instance_name, state_key, rejection_reason
)
VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13);

-- query: insert_event_json (text, text, text, text, bigint)
INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version) VALUES ($1, $2, $3, $4, $5);

-- query: insert_state_events (text, text, text, text)
INSERT INTO state_events (event_id, room_id, type, state_key) VALUES ($1, $2, $3, $4);

-- query: insert_room_memberships (text, text, text, text, text, text, bigint)
INSERT INTO room_memberships (
  event_id, user_id, sender, room_id, membership, forgotten, display_name, event_stream_ordering
)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7);

-- query: insert_local_current_membership (text, text, text, text, bigint)
INSERT INTO local_current_membership (room_id, user_id, event_id, membership, event_stream_ordering)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id, room_id) DO UPDATE SET event_id = excluded.event_id,
  membership = excluded.membership, event_stream_ordering = excluded.event_stream_ordering;

-- query: insert_sliding_sync_membership_snapshots (text, text, text, text, text, bigint, text, boolean, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name, room_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, room_type = excluded.room_type, event_instance_name = excluded.event_instance_name;

-- query: update_sliding_sync_joined_rooms (text, bigint, bigint)
UPDATE sliding_sync_joined_rooms
SET event_stream_ordering =
    CASE WHEN event_stream_ordering < $2 THEN $2 ELSE event_stream_ordering END,
  bump_stamp =
    CASE WHEN bump_stamp IS NULL OR bump_stamp < $3 THEN coalesce($3, bump_stamp) ELSE bump_stamp END
WHERE room_id = $1;

-- query: select_background_updates (text[]) on sqlite
SELECT 1 FROM background_updates WHERE update_name IN (SELECT value FROM json_each($1)) LIMIT 1;

-- query: insert_sliding_sync_membership_snapshots_2 (text, text, text, text, text, bigint, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, event_instance_name = excluded.event_instance_name;

-- query: insert_sliding_sync_membership_snapshots_3 (text, text, text, text, text, bigint, text, boolean, boolean, text, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name, room_type, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, room_type = excluded.room_type, tombstone_successor_room_id = excluded.tombstone_successor_room_id, event_instance_name = excluded.event_instance_name;

-- query: select_events_4 on sqlite
SELECT coalesce((SELECT min(stream_ordering) FROM events WHERE stream_ordering < 0), 0) - 1;

-- query: select_sliding_sync_joined_rooms (text) on sqlite
SELECT 1 FROM sliding_sync_joined_rooms WHERE room_id = $1;

-- query: select_state_groups on sqlite
SELECT coalesce((SELECT max(id) FROM state_groups), 0) + 1;

-- query: insert_state_groups (bigint, text, text)
INSERT INTO state_groups (id, room_id, event_id) VALUES ($1, $2, $3);

-- query: insert_state_groups_state (bigint, text, text, text, text)
INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)
VALUES ($1, $2, $3, $4, $5);

-- query: insert_event_to_state_groups (text, bigint)
INSERT INTO event_to_state_groups (event_id, state_group) VALUES ($1, $2);

-- query: select_current_state_events_3 (text, text, text)
SELECT event_id FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3;

-- query: insert_current_state_delta_stream (text, text, text, bigint, text, text, text)
INSERT INTO current_state_delta_stream
  (room_id, type, state_key, stream_id, event_id, prev_event_id, instance_name)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- query: insert_current_state_events (text)
INSERT INTO current_state_events
  (room_id, type, state_key, event_id, membership, event_stream_ordering)
SELECT e.room_id, e.type, e.state_key, e.event_id, m.membership, e.stream_ordering
FROM events e
LEFT JOIN room_memberships m ON m.event_id = e.event_id
WHERE e.event_id = $1;

-- query: insert_sliding_sync_joined_rooms (text, bigint, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, room_type)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3
)
ON CONFLICT (room_id) DO UPDATE SET room_type = excluded.room_type;

-- query: insert_sliding_sync_membership_snapshots_4 (text, text, text, text, text, bigint, text, boolean, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, room_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, room_type = excluded.room_type;

-- query: select_current_state_events_4 (text)
SELECT state_key FROM current_state_events
WHERE room_id = $1 AND type = 'm.room.member' AND membership = 'join';

-- query: select_chain (bigint)
WITH RECURSIVE chain (state_group, depth) AS (
  SELECT CAST($1 AS BIGINT), 0
  UNION ALL
  SELECT g.prev_state_group, c.depth + 1
  FROM chain c
  JOIN state_group_edges g ON g.state_group = c.state_group
) SELECT max(depth) FROM chain;

-- query: insert_state_group_edges (bigint, bigint)
INSERT INTO state_group_edges (state_group, prev_state_group) VALUES ($1, $2);

-- query: insert_current_state_delta_stream_2 (bigint, text, text)
INSERT INTO current_state_delta_stream
  (stream_id, room_id, type, state_key, event_id, prev_event_id, instance_name)
SELECT $1, room_id, type, state_key, NULL, event_id, $2
FROM current_state_events
WHERE room_id = $3;

-- query: delete_current_state_events (text)
DELETE FROM current_state_events WHERE room_id = $1;

-- query: delete_sliding_sync_joined_rooms (text)
DELETE FROM sliding_sync_joined_rooms WHERE room_id = $1;

-- query: update_room_memberships (text, text)
UPDATE room_memberships SET forgotten = 1 WHERE room_id = $1 AND user_id = $2;

-- query: update_sliding_sync_membership_snapshots (text, text)
UPDATE sliding_sync_membership_snapshots SET forgotten = 1 WHERE room_id = $1 AND user_id = $2;

-- query: insert_redactions (text, text, bigint)
INSERT INTO redactions (event_id, redacts, received_ts) VALUES ($1, $2, $3);

-- query: select_chain_2 (bigint)
WITH RECURSIVE chain (state_group, depth) AS (
  SELECT CAST($1 AS BIGINT), 0
  UNION ALL
  SELECT g.prev_state_group, c.depth + 1
  FROM chain c
  JOIN state_group_edges g ON g.state_group = c.state_group
)
SELECT s.type, s.state_key, s.event_id
FROM chain c
JOIN state_groups_state s ON s.state_group = c.state_group
ORDER BY c.depth DESC;

-- query: delete_current_state_events_2 (text, text, text)
DELETE FROM current_state_events WHERE room_id = $1 AND type = $2 AND state_key = $3;

-- query: insert_sliding_sync_joined_rooms_2 (text, text, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, tombstone_successor_room_id)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3
)
ON CONFLICT (room_id) DO UPDATE SET tombstone_successor_room_id = excluded.tombstone_successor_room_id;

-- query: insert_sliding_sync_membership_snapshots_5 (text, text, text, text, text, bigint, text, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, room_type, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, room_type = excluded.room_type, tombstone_successor_room_id = excluded.tombstone_successor_room_id;

-- query: insert_sliding_sync_joined_rooms_3 (text, bigint, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, room_name)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3
)
ON CONFLICT (room_id) DO UPDATE SET room_name = excluded.room_name;

-- query: insert_sliding_sync_membership_snapshots_6 (text, text, text, text, text, bigint, text, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, room_name, room_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, room_name = excluded.room_name, room_type = excluded.room_type;

-- query: insert_sliding_sync_joined_rooms_4 (text, text, boolean, text, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, is_encrypted, room_name, room_type)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3, $4, $5
)
ON CONFLICT (room_id) DO UPDATE SET is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, room_type = excluded.room_type;

-- query: insert_sliding_sync_membership_snapshots_7 (text, text, text, text, text, bigint, text, boolean, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name, room_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, room_type = excluded.room_type;

-- query: insert_sliding_sync_membership_snapshots_8 (text, text, text, text, text, bigint, text, boolean, boolean, text, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name, room_type, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, room_type = excluded.room_type, tombstone_successor_room_id = excluded.tombstone_successor_room_id;

-- query: insert_sliding_sync_joined_rooms_5 (text, bigint, boolean)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, is_encrypted)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3
)
ON CONFLICT (room_id) DO UPDATE SET is_encrypted = excluded.is_encrypted;

-- query: insert_rejections (text, text, text)
INSERT INTO rejections (event_id, reason, last_check) VALUES ($1, $2, $3);

-- query: insert_sliding_sync_membership_snapshots_9 (text, text, text, text, text, bigint, text, boolean, boolean, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_type = excluded.room_type;

-- query: insert_sliding_sync_membership_snapshots_10 (text, text, text, text, text, bigint, text, boolean)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state;

-- query: insert_sliding_sync_membership_snapshots_11 (text, text, text, text, text, bigint, text, boolean, boolean, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name;

-- query: insert_sliding_sync_membership_snapshots_12 (text, text, text, text, text, bigint, text, boolean, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_type, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_type = excluded.room_type, tombstone_successor_room_id = excluded.tombstone_successor_room_id, event_instance_name = excluded.event_instance_name;

-- query: insert_sliding_sync_joined_rooms_6 (text, text, boolean, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, is_encrypted, room_type)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3, $4
)
ON CONFLICT (room_id) DO UPDATE SET is_encrypted = excluded.is_encrypted, room_type = excluded.room_type;

-- query: insert_sliding_sync_membership_snapshots_13 (text, text, text, text, text, bigint, text, boolean, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_type, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_type = excluded.room_type, tombstone_successor_room_id = excluded.tombstone_successor_room_id;

-- query: insert_sliding_sync_membership_snapshots_14 (text, text, text, text, text, bigint, text, boolean, boolean)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted;

-- query: insert_sliding_sync_membership_snapshots_15 (text, text, text, text, text, bigint, text, boolean, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, room_name
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, room_name = excluded.room_name;

-- query: insert_sliding_sync_membership_snapshots_16 (text, text, text, text, text, bigint, text, boolean, boolean, text, text)
INSERT INTO sliding_sync_membership_snapshots (
  room_id, user_id, sender, membership_event_id, membership, event_stream_ordering, event_instance_name,
  forgotten, has_known_state, is_encrypted, room_name, tombstone_successor_room_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)
ON CONFLICT (room_id, user_id) DO UPDATE SET
  sender = excluded.sender, membership_event_id = excluded.membership_event_id, membership = excluded.membership, forgotten = excluded.forgotten, event_stream_ordering = excluded.event_stream_ordering, has_known_state = excluded.has_known_state, is_encrypted = excluded.is_encrypted, room_name = excluded.room_name, tombstone_successor_room_id = excluded.tombstone_successor_room_id;

-- query: insert_sliding_sync_joined_rooms_7 (text, text, text, text)
INSERT INTO sliding_sync_joined_rooms
  (room_id, event_stream_ordering, bump_stamp, room_name, room_type)
VALUES (
  $1, (SELECT max(stream_ordering) FROM events WHERE room_id = $1), $2, $3, $4
)
ON CONFLICT (room_id) DO UPDATE SET room_name = excluded.room_name, room_type = excluded.room_type;

-- query: select_rooms_2 (text) on postgres
SELECT room_version, creator FROM rooms WHERE room_id = $1 FOR NO KEY UPDATE;

-- query: select_sliding_sync_joined_rooms_2 (text) on postgres
SELECT 1 FROM sliding_sync_joined_rooms WHERE room_id = $1 FOR NO KEY UPDATE;

-- query: select_background_updates_2 (text[]) on postgres
SELECT 1 FROM background_updates WHERE update_name = ANY ($1::text[]) LIMIT 1;

-- query: select_events_2 (text)
SELECT e.event_id, e.depth, g.state_group
FROM events e
LEFT JOIN event_to_state_groups g ON g.event_id = e.event_id
WHERE e.room_id = $1 AND e.stream_ordering IS NOT NULL AND NOT e.outlier AND e.rejection_reason IS NULL
ORDER BY e.stream_ordering DESC
LIMIT 1;

-- query: select_local_current_membership (text)
SELECT c.room_id, c.event_id, c.membership, e.stream_ordering, COALESCE(e.sender, m.sender),
  COALESCE(NULLIF(e.instance_name, ''), 'master'), e.outlier, r.room_version
FROM local_current_membership c
JOIN events e ON e.event_id = c.event_id
LEFT JOIN room_memberships m ON m.event_id = c.event_id
LEFT JOIN rooms r ON r.room_id = c.room_id
WHERE c.user_id = $1 AND COALESCE(m.forgotten, 0) = 0 AND c.membership IN ('join', 'invite', 'knock', 'leave', 'ban')
  AND e.stream_ordering IS NOT NULL AND COALESCE(e.sender, m.sender) IS NOT NULL
  AND NOT (c.membership = 'leave' AND COALESCE(e.sender, m.sender) = c.user_id)
ORDER BY e.stream_ordering DESC;

-- query: select_json_each (text) on sqlite
SELECT e.event_id, e.room_id, e.type, e.sender, j.json, j.internal_metadata, j.format_version,
  r.room_version, x.event_id
FROM (SELECT value AS event_id FROM json_each($1)) AS k
JOIN events e ON e.event_id = k.event_id AND TRUE
JOIN event_json j ON j.event_id = k.event_id AND TRUE
LEFT JOIN rooms r ON r.room_id = e.room_id AND TRUE
LEFT JOIN rejections x ON x.event_id = e.event_id AND TRUE;

-- query: select_json_each_2 (text) on sqlite
SELECT r.redacts, r.event_id, TRUE FROM (SELECT value AS event_id FROM json_each($1)) AS k JOIN redactions r ON r.redacts = k.event_id AND TRUE;

-- query: select_json_each_3 (text) on sqlite
SELECT e.event_id, b.redacting_event_id, TRUE
FROM (SELECT value AS event_id FROM json_each($1)) AS k
JOIN events e ON e.event_id = k.event_id AND TRUE
JOIN room_ban_redactions b ON b.room_id = e.room_id AND b.user_id = e.sender
WHERE b.redact_end_ordering IS NULL OR e.stream_ordering < b.redact_end_ordering;

-- query: select_events_3 (text)
SELECT g.state_group
FROM events e
JOIN event_to_state_groups g ON g.event_id = e.event_id
WHERE e.room_id = $1 AND e.stream_ordering IS NOT NULL
ORDER BY e.stream_ordering DESC
LIMIT 1;

-- query: select_current_state_events_2 (text)
SELECT type, event_id FROM current_state_events
WHERE room_id = $1 AND state_key = '' AND type IN ('m.room.create', 'm.room.encryption', 'm.room.name', 'm.room.tombstone');

-- query: select_events_5 (text) on sqlite
SELECT k.room_id, (SELECT e.stream_ordering FROM events e
  WHERE e.room_id = k.room_id AND NOT e.outlier AND e.stream_ordering IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM rejections x WHERE x.event_id = e.event_id)
  ORDER BY e.stream_ordering DESC LIMIT 1), (SELECT e.stream_ordering FROM events e
  WHERE e.room_id = k.room_id AND NOT e.outlier AND e.stream_ordering > 0 AND e.type IN ('m.room.create', 'm.room.message', 'm.room.encrypted', 'm.sticker', 'm.call.invite', 'm.poll.start', 'm.beacon_info')
    AND NOT EXISTS (SELECT 1 FROM rejections x WHERE x.event_id = e.event_id)
  ORDER BY e.stream_ordering DESC LIMIT 1) FROM (SELECT value AS room_id FROM json_each($1)) AS k;

-- query: select_json_each_4 (text) on sqlite
SELECT g.event_id, g.state_group FROM (SELECT value AS event_id FROM json_each($1)) AS k JOIN event_to_state_groups g ON g.event_id = k.event_id AND TRUE;

-- query: select_json_each_5 (text) on sqlite
WITH RECURSIVE chain (state_group, prev_state_group) AS (
  SELECT g.state_group, g.prev_state_group FROM (SELECT value AS state_group FROM json_each($1)) AS k JOIN state_group_edges g ON g.state_group = k.state_group AND TRUE
  UNION
  SELECT g.state_group, g.prev_state_group FROM chain c JOIN state_group_edges g ON g.state_group = c.prev_state_group AND TRUE
)
SELECT state_group, prev_state_group FROM chain;

-- query: select_json_each_6 (text) on sqlite
SELECT s.state_group, s.type, s.event_id FROM (SELECT value AS state_group FROM json_each($1)) AS k JOIN state_groups_state s ON s.state_group = k.state_group AND s.type IN ('m.room.create', 'm.room.encryption', 'm.room.name', 'm.room.tombstone') AND s.state_key = '';

-- query: select_unnest (text[]) on postgres
SELECT e.event_id, e.room_id, e.type, e.sender, j.json, j.internal_metadata, j.format_version,
  r.room_version, x.event_id
FROM unnest($1::text[]) AS k (event_id)
JOIN LATERAL (SELECT event_id, room_id, type, sender FROM events e WHERE e.event_id = k.event_id AND TRUE OFFSET 0) AS e ON TRUE
JOIN LATERAL (SELECT event_id, json, internal_metadata, format_version FROM event_json j WHERE j.event_id = k.event_id AND TRUE OFFSET 0) AS j ON TRUE
LEFT JOIN LATERAL (SELECT room_version FROM rooms r WHERE r.room_id = e.room_id AND TRUE OFFSET 0) AS r ON TRUE
LEFT JOIN LATERAL (SELECT event_id FROM rejections x WHERE x.event_id = e.event_id AND TRUE OFFSET 0) AS x ON TRUE
;

-- query: select_unnest_2 (text[]) on postgres
SELECT r.redacts, r.event_id, TRUE FROM unnest($1::text[]) AS k (event_id) JOIN LATERAL (SELECT redacts, event_id FROM redactions r WHERE r.redacts = k.event_id AND TRUE OFFSET 0) AS r ON TRUE;

-- query: select_unnest_3 (text[]) on postgres
SELECT e.event_id, b.redacting_event_id, TRUE
FROM unnest($1::text[]) AS k (event_id)
JOIN LATERAL (SELECT event_id, room_id, sender, stream_ordering FROM events e WHERE e.event_id = k.event_id AND TRUE OFFSET 0) AS e ON TRUE
JOIN room_ban_redactions b ON b.room_id = e.room_id AND b.user_id = e.sender
WHERE b.redact_end_ordering IS NULL OR e.stream_ordering < b.redact_end_ordering;

-- query: select_events_6 (text[]) on postgres
SELECT k.room_id, (SELECT e.stream_ordering FROM events e
  WHERE e.room_id = k.room_id AND NOT e.outlier AND e.stream_ordering IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM rejections x WHERE x.event_id = e.event_id)
  ORDER BY e.stream_ordering DESC LIMIT 1), (SELECT e.stream_ordering FROM events e
  WHERE e.room_id = k.room_id AND NOT e.outlier AND e.stream_ordering > 0 AND e.type IN ('m.room.create', 'm.room.message', 'm.room.encrypted', 'm.sticker', 'm.call.invite', 'm.poll.start', 'm.beacon_info')
    AND NOT EXISTS (SELECT 1 FROM rejections x WHERE x.event_id = e.event_id)
  ORDER BY e.stream_ordering DESC LIMIT 1) FROM unnest($1::text[]) AS k (room_id);

-- query: select_unnest_4 (text[]) on postgres
SELECT g.event_id, g.state_group FROM unnest($1::text[]) AS k (event_id) JOIN LATERAL (SELECT event_id, state_group FROM event_to_state_groups g WHERE g.event_id = k.event_id AND TRUE OFFSET 0) AS g ON TRUE;

-- query: select_unnest_5 (bigint[]) on postgres
WITH RECURSIVE chain (state_group, prev_state_group) AS (
  SELECT g.state_group, g.prev_state_group FROM unnest($1::bigint[]) AS k (state_group) JOIN LATERAL (SELECT state_group, prev_state_group FROM state_group_edges g WHERE g.state_group = k.state_group AND TRUE OFFSET 0) AS g ON TRUE
  UNION
  SELECT g.state_group, g.prev_state_group FROM chain c JOIN LATERAL (SELECT state_group, prev_state_group FROM state_group_edges g WHERE g.state_group = c.prev_state_group AND TRUE OFFSET 0) AS g ON TRUE
)
SELECT state_group, prev_state_group FROM chain;

-- query: select_unnest_6 (bigint[]) on postgres
SELECT s.state_group, s.type, s.event_id FROM unnest($1::bigint[]) AS k (state_group) JOIN LATERAL (SELECT state_group, type, event_id FROM state_groups_state s WHERE s.state_group = k.state_group AND s.type IN ('m.room.create', 'm.room.encryption', 'm.room.name', 'm.room.tombstone') AND s.state_key = '' OFFSET 0) AS s ON TRUE;
