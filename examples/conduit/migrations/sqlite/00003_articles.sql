-- The articles domain: articles, their tags, who has marked them, and how many each list has.

-- +goose Up
CREATE TABLE articles (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	slug            TEXT NOT NULL CHECK (length(slug) <= 120),
	title           TEXT NOT NULL CHECK (length(title) <= 255),
	description     TEXT NOT NULL CHECK (length(description) <= 1000),
	author_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	favorites_count INTEGER NOT NULL DEFAULT 0,
	created_at      TEXT NOT NULL,
	updated_at      TEXT NOT NULL,
	body            TEXT NOT NULL CHECK (length(body) <= 200000)
);
CREATE UNIQUE INDEX articles_slug_key ON articles (slug);
CREATE INDEX articles_author_id_id_idx ON articles (author_id, id);

CREATE TABLE article_tags (
	article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	position   INTEGER NOT NULL,
	name       TEXT NOT NULL CHECK (length(name) <= 64),
	PRIMARY KEY (article_id, position)
);
CREATE UNIQUE INDEX article_tags_name_article_id_key ON article_tags (name, article_id);

CREATE TABLE favorites (
	user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
	PRIMARY KEY (user_id, article_id)
);
CREATE INDEX favorites_article_id_idx ON favorites (article_id);

CREATE TABLE article_counts (
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL CHECK (length(name) <= 64),
	articles INTEGER NOT NULL,
	PRIMARY KEY (kind, name),
	CONSTRAINT article_counts_kind_values CHECK (kind IN ('all', 'author', 'favorited', 'tag'))
);
CREATE INDEX article_counts_articles_name_idx ON article_counts (articles DESC, name) WHERE kind = 'tag';

-- +goose Down
-- The rows of article_counts are lost.
DROP TABLE article_counts;
-- The rows of favorites are lost.
DROP TABLE favorites;
-- The rows of article_tags are lost.
DROP TABLE article_tags;
-- The rows of articles are lost.
DROP TABLE articles;
