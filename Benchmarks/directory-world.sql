-- Rooms and users for the user directory, on a homeserver's tables: in a thousand memberships there are a public room of
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
SELECT r.r, r.room_id, '$m' || r.r || '_' || m.n || ':{server}' AS event_id,
  CASE WHEN m.n % 2 = 0 THEN '@local' || ((r.r * 7919 + m.n / 2) % {users}) || ':{server}'
    ELSE '@remote' || ((r.r * 7919 + m.n / 2) % {users}) || ':far' || ((r.r * 7919 + m.n / 2) % 50) || '.example'
  END AS user_id,
  CASE WHEN (r.r * 7919 + m.n / 2) % 10 = 0 THEN 'Ünïcode Nr. ' ELSE 'User Number ' END
    || ((r.r * 7919 + m.n / 2) % {users}) || CASE WHEN r.size = 300 AND (r.r * 7919 + m.n / 2) % {users} % 8 = 1 THEN ' (away)' ELSE '' END AS name
FROM world_rooms r JOIN world_numbers m ON m.n < r.size;

INSERT INTO rooms (room_id, is_public, creator, room_version)
SELECT room_id, FALSE, '@local0:{server}', '1' FROM world_rooms;

INSERT INTO events (stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier, sender,
  state_key, origin_server_ts, received_ts)
SELECT 1000000 + r, 1, 1, '$j' || r || ':{server}', 'm.room.join_rules', room_id, TRUE, FALSE, '@local0:{server}', '', 1, 1
FROM world_rooms;

INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version)
SELECT '$j' || r || ':{server}', room_id, '{}',
  '{"auth_events":[],"content":{"join_rule":"' || join_rule || '"},"depth":1,"event_id":"$j' || r
  || ':{server}","hashes":{},"origin_server_ts":1,"prev_events":[],"room_id":"' || room_id
  || '","sender":"@local0:{server}","signatures":{},"state_key":"","type":"m.room.join_rules"}', 1
FROM world_rooms;

INSERT INTO current_state_events (event_id, room_id, type, state_key)
SELECT '$j' || r || ':{server}', room_id, 'm.room.join_rules', '' FROM world_rooms;

INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
SELECT event_id, room_id, 'm.room.member', user_id, 'join' FROM world_members;

INSERT INTO room_memberships (event_id, user_id, sender, room_id, membership, display_name)
SELECT event_id, user_id, user_id, room_id, 'join', name FROM world_members;

INSERT INTO current_state_delta_stream (stream_id, room_id, type, state_key, event_id)
SELECT 1000000 + r, room_id, 'm.room.join_rules', '', '$j' || r || ':{server}' FROM world_rooms;

INSERT INTO users (name) SELECT '@local' || n || ':{server}' FROM world_numbers WHERE n < {users};

INSERT INTO profiles (user_id, displayname, full_user_id)
SELECT 'local' || n, CASE WHEN n % 10 = 0 THEN 'Ünïcode Nr. ' ELSE 'User Number ' END || n, '@local' || n || ':{server}'
FROM world_numbers WHERE n < {users};

DROP TABLE world_members;
DROP TABLE world_rooms;
DROP TABLE world_numbers;
