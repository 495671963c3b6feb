-- The sliding sync connections of each device.

CREATE TABLE sliding_sync_connections (
  connection_key $%AUTO_INCREMENT_PRIMARY_KEY%$,
  user_id TEXT NOT NULL,
  effective_device_id TEXT NOT NULL,
  conn_id TEXT NOT NULL,
  created_ts BIGINT NOT NULL
);

CREATE INDEX sliding_sync_connections_idx ON sliding_sync_connections (user_id, effective_device_id, conn_id);
CREATE INDEX sliding_sync_connections_ts_idx ON sliding_sync_connections (created_ts);
