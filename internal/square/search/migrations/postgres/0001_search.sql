-- +goose Up
-- The index of Plein itself: the same tables and the same bytes on both engines.
-- search_postings holds, per term, the ids of the documents that have it, in
-- pieces of a few hundred; first_id is the lowest id of a piece.
CREATE TABLE search_terms (
    id   BIGINT PRIMARY KEY,
    term TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE search_postings (
    term     BIGINT NOT NULL,
    first_id BIGINT NOT NULL,
    body     BYTEA NOT NULL,
    PRIMARY KEY (term, first_id)
) WITH (fillfactor = 70);
ALTER TABLE search_postings ALTER COLUMN body SET STORAGE PLAIN;
CREATE TABLE search_docs (
    id          BIGINT PRIMARY KEY,
    kind        TEXT NOT NULL,
    item_id     BIGINT NOT NULL,
    root_id     BIGINT NOT NULL,
    author_id   BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    root_at     BIGINT NOT NULL,
    place       BIGINT NOT NULL,
    words       BIGINT NOT NULL,
    terms       BYTEA NOT NULL
);
CREATE INDEX search_docs_item ON search_docs (item_id) WHERE kind = 'file';
CREATE TABLE search_places (
    n           BIGINT PRIMARY KEY,
    audience_id BIGINT NOT NULL UNIQUE
);
CREATE TABLE search_texts (
    file_id BIGINT PRIMARY KEY,
    body    TEXT NOT NULL
);
CREATE TABLE search_queue (
    kind  TEXT NOT NULL,
    id    BIGINT NOT NULL,
    mark  BIGINT NOT NULL,
    since BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX search_queue_oldest ON search_queue (since, id);
CREATE TABLE search_state (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO search_state (name, value) VALUES ('writer', 0);
CREATE TABLE search_words (
    version BIGINT NOT NULL,
    word    TEXT COLLATE "C" NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (version, word)
);
CREATE TABLE search_synonyms (
    id    BIGINT PRIMARY KEY,
    words TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
