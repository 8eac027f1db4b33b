-- +goose Up
-- name_fold is the name as it is compared, searched and sorted; both engines sort
-- it by its bytes. Names are unique among the groups that are no secret: a
-- conflict with a secret one would tell that it exists.
CREATE TABLE groups_groups (
    id        BIGINT PRIMARY KEY,
    name      TEXT NOT NULL,
    name_fold TEXT NOT NULL,
    slug      TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    tile      BIGINT NOT NULL,
    archived  BOOLEAN NOT NULL,
    history_from_join BOOLEAN NOT NULL,
    members   BIGINT NOT NULL,
    made      BIGINT NOT NULL
);
CREATE UNIQUE INDEX groups_groups_name ON groups_groups (name_fold) WHERE kind <> 'secret';
CREATE INDEX groups_groups_sorted ON groups_groups (name_fold, id);
CREATE INDEX groups_groups_slug ON groups_groups (slug);

-- rank is the role: 0 owner, 1 moderator, 2 member, in the order of a list.
CREATE TABLE groups_members (
    group_id   BIGINT NOT NULL,
    person     BIGINT NOT NULL,
    rank       BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    invited_by BIGINT NOT NULL,
    PRIMARY KEY (group_id, person)
);
CREATE INDEX groups_members_listed ON groups_members (group_id, rank, since, person);
CREATE INDEX groups_members_person ON groups_members (person, group_id);

CREATE TABLE groups_requests (
    group_id BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    note     TEXT NOT NULL,
    made     BIGINT NOT NULL,
    PRIMARY KEY (group_id, person)
);
CREATE INDEX groups_requests_person ON groups_requests (person);

CREATE TABLE groups_invitations (
    group_id BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    by_id    BIGINT NOT NULL,
    made     BIGINT NOT NULL,
    PRIMARY KEY (group_id, person)
);
CREATE INDEX groups_invitations_person ON groups_invitations (person);
