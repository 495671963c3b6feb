-- The profiles of local users; user_id is the part of full_user_id between the @ and the colon.
CREATE TABLE profiles (
  user_id TEXT NOT NULL,
  displayname TEXT,
  avatar_url TEXT,
  full_user_id TEXT,
  fields JSONB,
  UNIQUE (user_id)
);

CREATE UNIQUE INDEX profiles_full_user_id_key ON profiles (full_user_id);
