-- The comments domain.

-- +goose Up
CREATE TABLE comments (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	author_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	body       TEXT NOT NULL CHECK (length(body) <= 10000),
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL
);
CREATE INDEX comments_article_id_id_idx ON comments (article_id, id);

-- +goose Down
-- The rows of comments are lost.
DROP TABLE comments;
