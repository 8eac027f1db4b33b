-- +goose Up
CREATE TABLE changes_log (
    seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid      BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
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
CREATE INDEX changes_log_order ON changes_log (xid, seq);
CREATE TABLE changes_cursors (
    follower TEXT PRIMARY KEY,
    xid      BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    moved    BIGINT NOT NULL
);
