-- +goose Up
CREATE TABLE articles (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	title       TEXT NOT NULL CHECK (length(title) <= 200),
	description TEXT NOT NULL CHECK (length(description) <= 200),
	body        TEXT NOT NULL,
	author_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at  TEXT NOT NULL,
	updated_at  TEXT NOT NULL
);
CREATE INDEX articles_author_id_idx ON articles (author_id);

-- +goose Down
-- The rows of articles are lost.
DROP TABLE articles;
