-- +goose Up
CREATE TABLE oversight_audit (
    seq       BIGINT PRIMARY KEY,
    at        BIGINT NOT NULL,
    name      TEXT NOT NULL,
    actor     BIGINT NOT NULL,
    object    TEXT NOT NULL,
    object_id BIGINT NOT NULL,
    target    TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    extra     TEXT NOT NULL,
    hash      BYTEA NOT NULL
);
CREATE INDEX oversight_audit_object ON oversight_audit (object_id, seq);
CREATE INDEX oversight_audit_target ON oversight_audit (target_id, seq);
CREATE TABLE oversight_chain (
    id        BIGINT PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    from_hash BYTEA NOT NULL,
    last_seq  BIGINT NOT NULL,
    hash      BYTEA NOT NULL
);
