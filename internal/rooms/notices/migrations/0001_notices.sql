-- +goose Up
CREATE TABLE notices_lines (
    person_id   BIGINT NOT NULL,
    about       TEXT NOT NULL,
    target_id   BIGINT NOT NULL,
    newest      BIGINT NOT NULL,
    newest_at   BIGINT NOT NULL,
    read_to     BIGINT NOT NULL,
    unread      BOOLEAN NOT NULL,
    mine        BOOLEAN NOT NULL,
    must        BOOLEAN NOT NULL,
    audience_id BIGINT NOT NULL,
    root_at     BIGINT NOT NULL,
    PRIMARY KEY (person_id, about, target_id)
);
CREATE INDEX notices_lines_newest ON notices_lines (person_id, newest, target_id);
CREATE INDEX notices_lines_unread ON notices_lines (person_id, newest) WHERE unread;
CREATE INDEX notices_lines_target ON notices_lines (target_id, person_id);
CREATE INDEX notices_lines_old ON notices_lines (newest_at);

CREATE TABLE notices_events (
    person_id BIGINT NOT NULL,
    about     TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    what      TEXT NOT NULL,
    item_id   BIGINT NOT NULL,
    actor_id  BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    gone      BOOLEAN NOT NULL,
    PRIMARY KEY (person_id, about, target_id, what, item_id, actor_id)
);
CREATE INDEX notices_events_line ON notices_events (person_id, about, target_id, seq);

CREATE TABLE notices_takers (
    root_id   BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (root_id, person_id)
);
CREATE INDEX notices_takers_person ON notices_takers (person_id);

CREATE TABLE notices_calls (
    id          BIGINT PRIMARY KEY,
    what        TEXT NOT NULL,
    item_id     BIGINT NOT NULL,
    target_id   BIGINT NOT NULL,
    root_id     BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    root_at     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE UNIQUE INDEX notices_calls_once ON notices_calls (item_id, what, target_id);
CREATE INDEX notices_calls_target ON notices_calls (target_id, id);

CREATE TABLE notices_people (
    person_id BIGINT PRIMARY KEY,
    calls_to  BIGINT NOT NULL
);
