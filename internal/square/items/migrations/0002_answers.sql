-- +goose Up
-- The chosen answer of a question: in its tally, which every page reads, and once
-- more with who chose it and whose it is, for whoever asks about a person.
ALTER TABLE items_tallies ADD COLUMN answer BIGINT NOT NULL DEFAULT 0;
CREATE TABLE items_answers (
    question_id BIGINT PRIMARY KEY,
    answer_id   BIGINT NOT NULL,
    author_id   BIGINT NOT NULL,
    by_id       BIGINT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX items_answers_author ON items_answers (author_id, question_id);
