-- The users domain: who may log in.

-- +goose Up
CREATE TABLE users (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	email         TEXT NOT NULL UNIQUE CHECK (length(email) <= 254),
	name          TEXT NOT NULL CHECK (length(name) <= 100),
	password_hash TEXT NOT NULL,
	is_superuser  BOOLEAN NOT NULL DEFAULT FALSE,
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL
);

-- +goose Down
DROP TABLE users;
