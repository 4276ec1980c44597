-- +goose Up
CREATE TABLE profiles (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	follower_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	followee_id INTEGER NOT NULL REFERENCES users (id),
	created_at  TEXT NOT NULL,
	updated_at  TEXT NOT NULL
);
CREATE INDEX profiles_follower_id_idx ON profiles (follower_id);
CREATE INDEX profiles_followee_id_idx ON profiles (followee_id);

-- +goose Down
-- The rows of profiles are lost.
DROP TABLE profiles;
