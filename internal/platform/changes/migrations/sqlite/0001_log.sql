-- +goose Up
CREATE TABLE changes_log (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    xid      BIGINT NOT NULL DEFAULT 0,
    at       BIGINT NOT NULL,
    name     TEXT NOT NULL,
    actor    BIGINT NOT NULL,
    object   TEXT NOT NULL,
    object_id BIGINT NOT NULL,
    target   TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    audience BIGINT NOT NULL,
    extra    TEXT NOT NULL
);
CREATE TABLE changes_cursors (
    follower TEXT PRIMARY KEY,
    xid      BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    moved    BIGINT NOT NULL
);
