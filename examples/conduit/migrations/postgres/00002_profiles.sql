-- The profiles domain: who follows whom.

-- +goose Up
CREATE TABLE follows (
	follower_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	followee_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at  TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (follower_id, followee_id)
);
CREATE INDEX follows_followee_id_idx ON follows (followee_id);

-- +goose Down
-- The rows of follows are lost.
DROP TABLE follows;
