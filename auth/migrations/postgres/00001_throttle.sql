-- Attempts that auth.Throttle counts.

-- +goose Up
CREATE TABLE terem_throttle (
	key      TEXT NOT NULL PRIMARY KEY,
	attempts BIGINT NOT NULL,
	again_at BIGINT NOT NULL, -- milliseconds since 1970
	last_at  BIGINT NOT NULL
);
CREATE INDEX terem_throttle_last_at ON terem_throttle (last_at);

-- +goose Down
DROP TABLE terem_throttle;
