-- +goose Up
CREATE TABLE access_audiences (
    id       BIGINT PRIMARY KEY,
    kind     TEXT NOT NULL,
    everyone BOOLEAN NOT NULL,
    made_of  TEXT UNIQUE
);
CREATE TABLE access_parts (
    audience_id BIGINT NOT NULL,
    part_id     BIGINT NOT NULL,
    PRIMARY KEY (audience_id, part_id)
);
CREATE INDEX access_parts_part ON access_parts (part_id);
CREATE TABLE access_grants (
    person_id   BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    since       BIGINT NOT NULL,
    PRIMARY KEY (person_id, audience_id)
);
CREATE INDEX access_grants_audience ON access_grants (audience_id);
INSERT INTO access_audiences (id, kind, everyone) VALUES (1, 'org', TRUE);
INSERT INTO access_parts (audience_id, part_id) VALUES (1, 1);
