-- +goose Up
CREATE TABLE feed_follows (
    person_id   BIGINT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id   BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (person_id, target_kind, target_id)
);
CREATE TABLE feed_visits (
    person_id   BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    seen_to     BIGINT NOT NULL,
    PRIMARY KEY (person_id, audience_id)
);
