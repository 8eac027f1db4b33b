-- +goose Up
CREATE TABLE items_items (
    id          BIGINT PRIMARY KEY,
    kind        TEXT NOT NULL,
    audience_id BIGINT NOT NULL,
    author_id   BIGINT NOT NULL,
    root_id     BIGINT NOT NULL,
    parent_id   BIGINT NOT NULL,
    depth       INTEGER NOT NULL,
    root_at     BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    edited_at   BIGINT NOT NULL,
    deleted_at  BIGINT NOT NULL,
    deleted_by  BIGINT NOT NULL,
    must_read   BOOLEAN NOT NULL,
    must_until  BIGINT NOT NULL,
    share_id    BIGINT NOT NULL,
    about_id    BIGINT NOT NULL,
    version     INTEGER NOT NULL,
    client_key  TEXT NOT NULL,
    lang        TEXT NOT NULL,
    title       TEXT NOT NULL,
    body        TEXT NOT NULL,
    html        TEXT NOT NULL
);
CREATE INDEX items_items_feed ON items_items (audience_id, id) WHERE parent_id = 0 AND deleted_at = 0;
CREATE INDEX items_items_thread ON items_items (root_id, id);
CREATE INDEX items_items_author ON items_items (author_id, id) WHERE parent_id = 0 AND deleted_at = 0;
CREATE INDEX items_items_must ON items_items (must_until, id) WHERE must_read AND deleted_at = 0;
CREATE UNIQUE INDEX items_items_once ON items_items (author_id, client_key) WHERE client_key <> '';

CREATE TABLE items_tallies (
    item_id    BIGINT PRIMARY KEY,
    replies    INTEGER NOT NULL DEFAULT 0,
    last_reply BIGINT NOT NULL DEFAULT 0,
    acks       INTEGER NOT NULL DEFAULT 0,
    shares     INTEGER NOT NULL DEFAULT 0,
    agree      INTEGER NOT NULL DEFAULT 0,
    thanks     INTEGER NOT NULL DEFAULT 0,
    nice       INTEGER NOT NULL DEFAULT 0,
    same       INTEGER NOT NULL DEFAULT 0,
    help       INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE items_reactions (
    item_id   BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    reaction  TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (item_id, person_id, reaction)
);
CREATE INDEX items_reactions_person ON items_reactions (person_id, item_id);
CREATE TABLE items_mentions (
    target_id   BIGINT NOT NULL,
    item_id     BIGINT NOT NULL,
    root_id     BIGINT NOT NULL,
    target_kind TEXT NOT NULL,
    PRIMARY KEY (target_id, item_id)
);
CREATE INDEX items_mentions_item ON items_mentions (item_id);
CREATE TABLE items_tags (
    tag     TEXT NOT NULL,
    item_id BIGINT NOT NULL,
    PRIMARY KEY (tag, item_id)
);
CREATE INDEX items_tags_item ON items_tags (item_id);
CREATE TABLE items_versions (
    item_id   BIGINT NOT NULL,
    version   INTEGER NOT NULL,
    at        BIGINT NOT NULL,
    editor_id BIGINT NOT NULL,
    title     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (item_id, version)
);
CREATE TABLE items_bookmarks (
    person_id BIGINT NOT NULL,
    item_id   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, item_id)
);
CREATE INDEX items_bookmarks_recent ON items_bookmarks (person_id, at);
CREATE TABLE items_pins (
    audience_id BIGINT NOT NULL,
    item_id     BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    by_id       BIGINT NOT NULL,
    PRIMARY KEY (audience_id, item_id)
);
CREATE TABLE items_positions (
    person_id BIGINT NOT NULL,
    root_id   BIGINT NOT NULL,
    read_to   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, root_id)
);
CREATE TABLE items_acks (
    item_id   BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (item_id, person_id)
);
CREATE INDEX items_acks_person ON items_acks (person_id, item_id);
CREATE INDEX items_items_questions ON items_items (audience_id, id) WHERE kind = 'question' AND parent_id = 0 AND deleted_at = 0;
CREATE INDEX items_items_deleted ON items_items (deleted_at) WHERE deleted_at <> 0;
