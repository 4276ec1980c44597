-- The users domain: who may log in.

-- +goose Up
CREATE TABLE users (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	email         TEXT NOT NULL CHECK (length(email) <= 254),
	name          TEXT NOT NULL CHECK (length(name) <= 100),
	password_hash TEXT NOT NULL,
	is_superuser  BOOLEAN NOT NULL DEFAULT FALSE,
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (email);

-- +goose Down
DROP TABLE users;
