CREATE TABLE users (
  name TEXT,
  password_hash TEXT,
  creation_ts BIGINT,
  admin SMALLINT NOT NULL DEFAULT 0,
  upgrade_ts BIGINT,
  is_guest SMALLINT NOT NULL DEFAULT 0,
  appservice_id TEXT,
  consent_version TEXT,
  consent_server_notice_sent TEXT,
  user_type TEXT,
  deactivated SMALLINT NOT NULL DEFAULT 0,
  shadow_banned BOOLEAN,
  consent_ts BIGINT,
  approved BOOLEAN,
  locked BOOLEAN NOT NULL DEFAULT FALSE,
  suspended BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE (name)
);

CREATE INDEX users_creation_ts ON users (creation_ts);
