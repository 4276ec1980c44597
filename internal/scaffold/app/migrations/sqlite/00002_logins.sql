-- The users domain: in which browsers they are logged in.

-- +goose Up
CREATE TABLE logins (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	token_hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	expires_at TEXT NOT NULL
);
CREATE INDEX logins_user_id_idx ON logins (user_id);
CREATE UNIQUE INDEX logins_token_hash_key ON logins (token_hash);
CREATE INDEX logins_expires_at_idx ON logins (expires_at);

-- +goose Down
DROP TABLE logins;
