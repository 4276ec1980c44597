-- Responses of routes with api.Idempotent.

-- +goose Up
CREATE TABLE terem_idempotency (
	route      TEXT NOT NULL,
	caller     TEXT NOT NULL,
	key        TEXT NOT NULL,
	request    TEXT NOT NULL,
	status     INTEGER NOT NULL,
	header     TEXT NOT NULL,
	body       BYTEA NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (route, caller, key)
);
CREATE INDEX terem_idempotency_expires_at ON terem_idempotency (expires_at);

-- +goose Down
DROP TABLE terem_idempotency;
