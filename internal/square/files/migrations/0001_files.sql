-- +goose Up
CREATE TABLE files_files (
    id         BIGINT PRIMARY KEY,
    owner_id   BIGINT NOT NULL,
    item_id    BIGINT NOT NULL,
    audience_id BIGINT NOT NULL,
    root_at    BIGINT NOT NULL,
    place      INTEGER NOT NULL,
    name       TEXT NOT NULL,
    alt        TEXT NOT NULL,
    mime       TEXT NOT NULL,
    picture    BOOLEAN NOT NULL,
    size       BIGINT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    thumb      TEXT NOT NULL,
    thumb_mime TEXT NOT NULL,
    made_at    BIGINT NOT NULL
);
CREATE INDEX files_files_item ON files_files (item_id, place);
CREATE INDEX files_files_audience ON files_files (audience_id, id);
CREATE INDEX files_files_loose ON files_files (made_at) WHERE item_id = 0;
CREATE INDEX files_files_sha ON files_files (sha256);
CREATE INDEX files_files_thumb ON files_files (thumb);
