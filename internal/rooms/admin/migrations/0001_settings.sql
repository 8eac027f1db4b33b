-- +goose Up
CREATE TABLE admin_settings (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL
);
