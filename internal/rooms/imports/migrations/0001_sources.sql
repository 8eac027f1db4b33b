-- +goose Up
-- What an export calls a thing, and which thing of ours that became. It is how a
-- second run finds everything there already.
CREATE TABLE imports_sources (
    source TEXT PRIMARY KEY,
    id     BIGINT NOT NULL,
    run    BIGINT NOT NULL
);
CREATE INDEX imports_sources_run ON imports_sources (run);
