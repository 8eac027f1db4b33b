-- +goose Up
CREATE TABLE app_installation (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);
