-- Links that are mailed and work once: auth.Links.

-- +goose Up
CREATE TABLE terem_links (
	hash       TEXT NOT NULL PRIMARY KEY,
	purpose    TEXT NOT NULL,
	subject    TEXT NOT NULL,
	data       TEXT NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX terem_links_purpose_subject ON terem_links (purpose, subject);
CREATE INDEX terem_links_expires_at ON terem_links (expires_at);

-- +goose Down
DROP TABLE terem_links;
