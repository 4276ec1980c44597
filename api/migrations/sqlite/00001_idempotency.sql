-- Responses of routes with api.Idempotent.

-- +goose Up
CREATE TABLE terem_idempotency (
	route      TEXT NOT NULL,
	caller     TEXT NOT NULL,
	key        TEXT NOT NULL,
	request    TEXT NOT NULL,
	status     INTEGER NOT NULL,
	header     TEXT NOT NULL,
	body       BLOB NOT NULL,
	expires_at TEXT NOT NULL,
	PRIMARY KEY (route, caller, key)
) WITHOUT ROWID;
CREATE INDEX terem_idempotency_expires_at ON terem_idempotency (expires_at);

-- +goose Down
DROP TABLE terem_idempotency;
