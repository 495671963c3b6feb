-- The rooms that the server has heard of.

CREATE TABLE rooms (
  room_id TEXT NOT NULL PRIMARY KEY,
  is_public BOOLEAN,
  creator TEXT,
  room_version TEXT,
  has_auth_chain_index BOOLEAN
);

CREATE INDEX public_room_index ON rooms (is_public);
