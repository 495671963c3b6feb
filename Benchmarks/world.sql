-- Rooms and users on a homeserver's tables: in a thousand memberships there are a public room of
-- 300 members, five private rooms of 40 and fifty of 10; every other member is of another server. {blocks} thousands of
-- memberships, {users} users of either kind, {numbers} at least as large as both and 300; {server} is the server's name.

CREATE TABLE world_numbers (n BIGINT NOT NULL PRIMARY KEY);
INSERT INTO world_numbers
WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {numbers}) SELECT n FROM s;

CREATE TABLE world_rooms AS
SELECT b.n * 56 + i.n AS r, '!world' || (b.n * 56 + i.n) || ':{server}' AS room_id,
  CASE WHEN i.n = 0 THEN 300 WHEN i.n < 6 THEN 40 ELSE 10 END AS size,
  CASE WHEN i.n = 0 THEN 'public' ELSE 'invite' END AS join_rule
FROM world_numbers b JOIN world_numbers i ON i.n < 56 WHERE b.n < {blocks};

CREATE TABLE world_members AS
SELECT r.r, m.n, r.room_id, '$m' || r.r || '_' || m.n || ':{server}' AS event_id,
  CASE WHEN m.n % 2 = 0 THEN '@local' || ((r.r * 7919 + m.n / 2) % {users}) || ':{server}'
    ELSE '@remote' || ((r.r * 7919 + m.n / 2) % {users}) || ':far' || ((r.r * 7919 + m.n / 2) % 50) || '.example'
  END AS user_id,
  CASE WHEN (r.r * 7919 + m.n / 2) % 10 = 0 THEN 'Ünïcode Nr. ' ELSE 'User Number ' END
    || ((r.r * 7919 + m.n / 2) % {users}) || CASE WHEN r.size = 300 AND (r.r * 7919 + m.n / 2) % {users} % 8 = 1 THEN ' (away)' ELSE '' END AS name
FROM world_rooms r JOIN world_numbers m ON m.n < r.size;

INSERT INTO rooms (room_id, is_public, creator, room_version)
SELECT room_id, FALSE, '@local0:{server}', '1' FROM world_rooms;

-- Every event that the rooms have: one of creation, join rules, in every other one a name, and the members.
CREATE TABLE world_events AS
SELECT 1000000 + r AS position, '$c' || r || ':{server}' AS event_id, 'm.room.create' AS type, room_id,
  '@local0:{server}' AS sender, '' AS state_key, '{"creator":"@local0:{server}","room_version":"1"}' AS content
FROM world_rooms;
INSERT INTO world_events
SELECT 2000000 + r, '$j' || r || ':{server}', 'm.room.join_rules', room_id, '@local0:{server}', '',
  '{"join_rule":"' || join_rule || '"}'
FROM world_rooms;
INSERT INTO world_events
SELECT 3000000 + r, '$n' || r || ':{server}', 'm.room.name', room_id, '@local0:{server}', '', '{"name":"Room ' || r || '"}'
FROM world_rooms WHERE r % 2 = 0;
INSERT INTO world_events
SELECT 10000000 + r * 1000 + n, event_id, 'm.room.member', room_id, user_id, user_id,
  '{"displayname":"' || name || '","membership":"join"}'
FROM world_members;

INSERT INTO events (stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier, sender,
  state_key, origin_server_ts, received_ts, instance_name)
SELECT position, 1, 1, event_id, type, room_id, TRUE, FALSE, sender, state_key, 1, 1, 'master' FROM world_events;

INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version)
SELECT event_id, room_id, '{}',
  '{"auth_events":[],"content":' || content || ',"depth":1,"event_id":"' || event_id
  || '","hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"' || room_id || '","sender":"' || sender
  || '","signatures":{},"state_key":"' || state_key || '","type":"' || type || '"}', 1
FROM world_events;

INSERT INTO state_events (event_id, room_id, type, state_key) SELECT event_id, room_id, type, state_key FROM world_events;

INSERT INTO current_state_events (event_id, room_id, type, state_key, membership, event_stream_ordering)
SELECT event_id, room_id, type, state_key, CASE WHEN type = 'm.room.member' THEN 'join' END, position FROM world_events;

INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership, display_name, event_stream_ordering)
SELECT event_id, user_id, user_id, room_id, 'join', name, 10000000 + r * 1000 + n FROM world_members;

INSERT INTO local_current_membership (room_id, user_id, event_id, membership, event_stream_ordering)
SELECT room_id, user_id, event_id, 'join', 10000000 + r * 1000 + n FROM world_members WHERE user_id LIKE '@local%';

INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key, event_id)
SELECT 2000000 + r, room_id, 'm.room.join_rules', '', '$j' || r || ':{server}' FROM world_rooms;

INSERT INTO users (name) SELECT '@local' || n || ':{server}' FROM world_numbers WHERE n < {users};

INSERT INTO profiles (user_id, displayname, full_user_id)
SELECT 'local' || n, CASE WHEN n % 10 = 0 THEN 'Ünïcode Nr. ' ELSE 'User Number ' END || n, '@local' || n || ':{server}'
FROM world_numbers WHERE n < {users};

DROP TABLE world_events;
DROP TABLE world_members;
DROP TABLE world_rooms;
DROP TABLE world_numbers;
