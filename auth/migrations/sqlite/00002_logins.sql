-- Who is logged in where: auth.Logins.

-- +goose Up
CREATE TABLE terem_logins (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	subject    TEXT NOT NULL,
	kind       TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	number     INTEGER NOT NULL,
	device     TEXT NOT NULL,
	client     TEXT NOT NULL,
	idle       INTEGER NOT NULL, -- seconds
	created_at TEXT NOT NULL,
	used_at    TEXT NOT NULL,
	ends_at    TEXT NOT NULL,
	expires_at TEXT NOT NULL
);
CREATE UNIQUE INDEX terem_logins_token_hash_key ON terem_logins (token_hash);
CREATE INDEX terem_logins_subject ON terem_logins (subject);
CREATE INDEX terem_logins_expires_at ON terem_logins (expires_at);

-- +goose Down
DROP TABLE terem_logins;
