-- +goose Up
-- sort_key is bytes, because the two engines order text differently and bytes
-- alike. email_key and handle are empty (NULL) for people who have none.
CREATE TABLE people_persons (
    id          BIGINT PRIMARY KEY,
    handle      TEXT,
    name        TEXT NOT NULL,
    given       TEXT NOT NULL,
    title       TEXT NOT NULL,
    unit        BIGINT NOT NULL,
    location    TEXT NOT NULL,
    site        TEXT NOT NULL,
    manager     BIGINT NOT NULL,
    layer       BIGINT NOT NULL,
    skills      TEXT NOT NULL,
    ask_me      TEXT NOT NULL,
    languages   TEXT NOT NULL,
    pronouns    TEXT NOT NULL,
    bio         TEXT NOT NULL,
    email       TEXT NOT NULL,
    email_key   TEXT,
    phone       TEXT NOT NULL,
    photo       TEXT NOT NULL,
    roles       TEXT NOT NULL,
    state       TEXT NOT NULL,
    bot         BOOLEAN NOT NULL,
    owner       BIGINT NOT NULL,
    guest       BOOLEAN NOT NULL,
    guest_until BIGINT NOT NULL,
    sponsor     BIGINT NOT NULL,
    employer    TEXT NOT NULL,
    lang        TEXT NOT NULL,
    zone        TEXT NOT NULL,
    theme       TEXT NOT NULL,
    contrast    TEXT NOT NULL,
    keys_off    BOOLEAN NOT NULL,
    joined      BIGINT NOT NULL,
    sort_key    BYTEA NOT NULL,
    names       TEXT NOT NULL,
    search      TEXT NOT NULL
);
CREATE UNIQUE INDEX people_persons_handle ON people_persons (handle);
CREATE UNIQUE INDEX people_persons_email ON people_persons (email_key);
CREATE INDEX people_persons_name ON people_persons (sort_key, id);
CREATE INDEX people_persons_unit ON people_persons (unit);
CREATE INDEX people_persons_manager ON people_persons (manager);

CREATE TABLE people_units (
    id     BIGINT PRIMARY KEY,
    parent BIGINT NOT NULL,
    name   TEXT NOT NULL,
    slug   TEXT NOT NULL,
    head   BIGINT NOT NULL
);
CREATE UNIQUE INDEX people_units_slug ON people_units (slug);
CREATE INDEX people_units_parent ON people_units (parent);

CREATE TABLE people_structure (id BIGINT PRIMARY KEY);
INSERT INTO people_structure (id) VALUES (1);
