-- The users domain: who may log in.

-- +goose Up
CREATE TABLE users (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	username      TEXT NOT NULL CHECK (length(username) <= 64),
	email         TEXT NOT NULL CHECK (length(email) <= 254),
	password_hash TEXT NOT NULL CHECK (length(password_hash) <= 200),
	bio           TEXT CHECK (length(bio) <= 2000),
	image         TEXT CHECK (length(image) <= 2000),
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL
);
CREATE UNIQUE INDEX users_username_key ON users (username);
CREATE UNIQUE INDEX users_email_key ON users (email);

-- +goose Down
-- The rows of users are lost.
DROP TABLE users;
