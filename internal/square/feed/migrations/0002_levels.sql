-- +goose Up
ALTER TABLE feed_follows ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX feed_follows_target ON feed_follows (target_id, target_kind, person_id);
