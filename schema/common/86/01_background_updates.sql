-- The queue of background updates. One in every physical database.

CREATE TABLE background_updates (
  update_name TEXT NOT NULL,
  progress_json TEXT NOT NULL,
  depends_on TEXT,
  ordering INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT background_updates_uniqueness UNIQUE (update_name)
);
