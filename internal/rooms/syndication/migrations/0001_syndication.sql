-- +goose Up
CREATE TABLE syndication_keys (
    id        BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    name      TEXT NOT NULL,
    hash      BYTEA NOT NULL,
    made_at   BIGINT NOT NULL,
    used_day  BIGINT NOT NULL
);
CREATE UNIQUE INDEX syndication_keys_hash ON syndication_keys (hash);
CREATE INDEX syndication_keys_person ON syndication_keys (person_id, id);
