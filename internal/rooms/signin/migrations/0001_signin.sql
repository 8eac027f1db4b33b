-- +goose Up
-- A letter that was asked for. email is empty once it was sent or found to be for
-- nobody; the row stays an hour, to count how many were asked for.
CREATE TABLE signin_letters (
    id      BIGINT NOT NULL PRIMARY KEY,
    who     BYTEA  NOT NULL,
    email   TEXT   NOT NULL,
    purpose TEXT   NOT NULL,
    next    TEXT   NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX signin_letters_by_who ON signin_letters (who, made_at);
CREATE INDEX signin_letters_by_age ON signin_letters (made_at);

CREATE TABLE signin_links (
    token_hash BYTEA   NOT NULL PRIMARY KEY,
    person_id  BIGINT  NOT NULL,
    purpose    TEXT    NOT NULL,
    next       TEXT    NOT NULL,
    mailed     BOOLEAN NOT NULL,
    ends_at    BIGINT  NOT NULL
);
CREATE INDEX signin_links_by_person ON signin_links (person_id);
CREATE INDEX signin_links_by_end ON signin_links (ends_at);

CREATE TABLE signin_passwords (
    person_id  BIGINT NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

-- name is a digest, so that no address of a person or a machine stands here.
CREATE TABLE signin_attempts (
    name     BYTEA            NOT NULL PRIMARY KEY,
    level    DOUBLE PRECISION NOT NULL,
    at       BIGINT           NOT NULL,
    until_at BIGINT           NOT NULL
);
CREATE INDEX signin_attempts_by_age ON signin_attempts (at);

CREATE TABLE signin_drafts (
    id      BYTEA   NOT NULL PRIMARY KEY,
    sealed  BYTEA   NOT NULL,
    shown   BOOLEAN NOT NULL,
    ends_at BIGINT  NOT NULL
);
CREATE INDEX signin_drafts_by_end ON signin_drafts (ends_at);

-- One row at most: there is one first set-up.
CREATE TABLE signin_setup (
    id   BIGINT NOT NULL PRIMARY KEY,
    code TEXT   NOT NULL
);
