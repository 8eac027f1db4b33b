-- +goose Up
-- topic_key is the topic as it is compared. item_id is the answer that helped: who
-- may see it may know of the thanks.
CREATE TABLE knows_endorsements (
    person_id BIGINT NOT NULL,
    topic_key TEXT NOT NULL,
    by_id     BIGINT NOT NULL,
    item_id   BIGINT NOT NULL,
    topic     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, topic_key, by_id)
);
CREATE INDEX knows_endorsements_item ON knows_endorsements (item_id, by_id);
