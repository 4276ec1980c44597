-- The users domain: who may log in.

-- +goose Up
CREATE TABLE users (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	email         TEXT NOT NULL CHECK (length(email) <= 254),
	confirmed_at  TEXT,
	name          TEXT NOT NULL CHECK (length(name) <= 100),
	password_hash TEXT NOT NULL,
	role          TEXT NOT NULL DEFAULT 'member',
	is_superuser  BOOLEAN NOT NULL DEFAULT FALSE,
	generation    INTEGER NOT NULL DEFAULT 0,
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL,
	CONSTRAINT users_role_values CHECK (role IN ('member', 'staff'))
);
CREATE UNIQUE INDEX users_email_key ON users (email);

-- +goose Down
-- The rows of users are lost.
DROP TABLE users;
