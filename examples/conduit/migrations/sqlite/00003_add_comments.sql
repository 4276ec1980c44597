-- +goose Up
CREATE TABLE comments (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	body       TEXT NOT NULL,
	article_id INTEGER NOT NULL REFERENCES articles (id),
	author_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL
);
CREATE INDEX comments_article_id_idx ON comments (article_id);
CREATE INDEX comments_author_id_idx ON comments (author_id);

-- +goose Down
-- The rows of comments are lost.
DROP TABLE comments;
