-- +goose Up
-- One row per item: words holds what it says in small letters as typed, tags its
-- hashtags, both with spaces between. A deleted item keeps an empty row, gone, until
-- its time has come, so that every process hears of it by the version.
CREATE TABLE trending_said (
    item_id     BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    day         BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    root_id     BIGINT NOT NULL,
    root_at     BIGINT NOT NULL,
    author_id   BIGINT NOT NULL,
    lang        TEXT NOT NULL,
    tags        TEXT NOT NULL,
    words       TEXT NOT NULL,
    gone        BOOLEAN NOT NULL
);
CREATE INDEX trending_said_version ON trending_said (version);
CREATE INDEX trending_said_day ON trending_said (day, item_id);
CREATE TABLE trending_state (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO trending_state (id, version) VALUES (1, 0);
CREATE TABLE trending_arrivals (
    person_id BIGINT PRIMARY KEY,
    joined    BIGINT NOT NULL
);
CREATE INDEX trending_arrivals_joined ON trending_arrivals (joined);
CREATE TABLE trending_passed (
    person_id BIGINT NOT NULL,
    other_id  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, other_id)
);
