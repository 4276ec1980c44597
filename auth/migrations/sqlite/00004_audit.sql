-- Who did what: auth.Audit.

-- +goose Up
CREATE TABLE terem_audit (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	at      TEXT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	object  TEXT NOT NULL,
	detail  TEXT NOT NULL,
	client  TEXT NOT NULL,
	device  TEXT NOT NULL,
	request TEXT NOT NULL
);
CREATE INDEX terem_audit_at ON terem_audit (at);
CREATE INDEX terem_audit_actor ON terem_audit (actor, id);
CREATE INDEX terem_audit_object ON terem_audit (object, id);

-- +goose Down
DROP TABLE terem_audit;
