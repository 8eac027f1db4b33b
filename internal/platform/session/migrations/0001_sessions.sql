-- +goose Up
CREATE TABLE sessions_sessions (
    id         BIGINT NOT NULL PRIMARY KEY,
    token_hash BYTEA  NOT NULL,
    person_id  BIGINT NOT NULL,
    agent      TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_by_token ON sessions_sessions (token_hash);
CREATE INDEX sessions_by_person ON sessions_sessions (person_id);
CREATE INDEX sessions_by_end ON sessions_sessions (ends_at);
