-- before(pass_type: text, serial: text)
-- -> (token: text?, etag: text)
-- The pass before this batch changes it. No row: a new pass.
SELECT json_array(p.token_sha256, p.file_sha256) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- admit(pass_type: text, serial: text, token: text?, manifest: text, over: text?, over_template: text?, over_fields: text?,
-- over_values: text?, template: text?, template_version: text?, identity_version: text?, unique_external_id: text?,
-- increments: text?, if_match: text?, if_none_match: text?, publication: text, job: text?, line: integer, worker: text?)
-- Marks the pass type with this publication if all of this is true. The preconditions hold (`*` matches any version). The
-- version that it replaces (`over`, `over_…`) is in service. The template and the signing identity are the newest. No other
-- pass of the template has `unique_external_id`. The increments of the JSON array `increments` are pending. The pass keeps its
-- token, and there is something to change. If it is for a line of a job, the worker has the job, and the line is not done. The
-- statements below act only if they find this mark.
INSERT INTO pass_types (pass_type, revision, publication)
SELECT :pass_type, 0, :publication
WHERE (:if_match IS NULL OR EXISTS (
        SELECT 1 FROM passes AS p CROSS JOIN json_each(:if_match) AS m ON m.value IN ('*', p.file_sha256)
        WHERE p.pass_type = :pass_type AND p.serial = :serial))
  AND NOT EXISTS (
        SELECT 1 FROM passes AS p CROSS JOIN json_each(:if_none_match) AS m ON m.value IN ('*', p.file_sha256)
        WHERE p.pass_type = :pass_type AND p.serial = :serial)
  AND (:over IS NULL OR EXISTS (
        SELECT 1 FROM passes AS p
        WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.file_sha256 = :over AND p.withdrawn_at IS NULL
          AND p.template IS :over_template AND p.fields IS :over_fields AND p.field_values IS :over_values))
  AND (:template_version IS NULL OR EXISTS (
        SELECT 1 FROM templates AS t WHERE t.name = :template AND t.version = :template_version))
  AND (:identity_version IS NULL OR EXISTS (
        SELECT 1 FROM signing_identities AS i WHERE i.pass_type = :pass_type AND i.version = :identity_version))
  AND NOT EXISTS (
        SELECT 1 FROM passes AS o
        WHERE o.external_id = :unique_external_id AND o.template = :template
          AND (o.pass_type <> :pass_type OR o.serial <> :serial))
  AND NOT EXISTS (
        SELECT 1 FROM json_each(:increments) AS e
        WHERE NOT EXISTS (
            SELECT 1 FROM increments AS i
            WHERE i.pass_type = :pass_type AND i.serial = :serial AND i.id = e.value AND i.applied_at IS NULL))
  AND NOT EXISTS (
        SELECT 1 FROM passes AS p
        WHERE p.pass_type = :pass_type AND p.serial = :serial
          AND ((p.token_sha256 IS NOT NULL AND p.token_sha256 IS NOT :token)
               OR (p.manifest_sha256 = :manifest AND p.token_sha256 IS :token AND p.withdrawn_at IS NULL)))
  AND (:job IS NULL OR EXISTS (
        SELECT 1 FROM jobs AS j
        WHERE j.job = :job AND j.worker = :worker
          AND NOT EXISTS (SELECT 1 FROM job_outcomes AS o WHERE o.job = :job AND o.line = :line)))
ON CONFLICT (pass_type) DO UPDATE SET publication = excluded.publication;

-- advance(pass_type: text, publication: text, now_ms: integer)
-- Sets the revision: the current time in milliseconds, but above all earlier revisions of the type.
UPDATE pass_types SET revision = CAST(max(revision + 1, :now_ms) AS INTEGER)
WHERE pass_type = :pass_type AND publication = :publication;

-- mark(job: text, line: integer, pass_type: text, serial: text, publication: text, changed: integer)
-- Notes that the line of the job is done, before a new version is stored. `changed`: phones see a change.
INSERT INTO job_outcomes (job, line, status, pass_type, serial, changed)
SELECT :job, :line, iif(EXISTS (SELECT 1 FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial), 200, 201),
    t.pass_type, :serial, :changed
FROM pass_types AS t
WHERE t.pass_type = :pass_type AND t.publication = :publication;

-- retire(pass_type: text, serial: text, publication: text, now: integer)
-- Notes the file that is about to be replaced. The sweep deletes it later.
INSERT INTO retired_objects (object_key, retired_at)
SELECT p.object_key, :now FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial
  AND EXISTS (SELECT 1 FROM pass_types AS t WHERE t.pass_type = :pass_type AND t.publication = :publication)
ON CONFLICT (object_key) DO UPDATE SET retired_at = excluded.retired_at;

-- store(pass_type: text, serial: text, token: text?, manifest: text, file: text, object_key: text, size: integer,
-- template: text?, fields: text?, field_values: text?, external_id: text?, publication: text, now: integer)
-- Stores the version. An `external_id` of NULL keeps the one there is, '' removes it. Last-Modified rises with each change,
-- whatever the clock does. A withdrawn pass that is published again unchanged keeps its Last-Modified but gets a new revision,
-- because devices may have missed its last change while lists left it out.
INSERT INTO passes (pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256, object_key, size,
    template, fields, field_values, external_id)
SELECT t.pass_type, :serial, :token, t.revision, :now, :manifest, :file, :object_key, :size, :template, :fields,
    :field_values, nullif(:external_id, '')
FROM pass_types AS t
WHERE t.pass_type = :pass_type AND t.publication = :publication
ON CONFLICT (pass_type, serial) DO UPDATE SET
    token_sha256    = excluded.token_sha256,
    revision        = excluded.revision,
    modified_at     = iif(manifest_sha256 = excluded.manifest_sha256, modified_at, max(modified_at + 1, excluded.modified_at)),
    manifest_sha256 = excluded.manifest_sha256,
    file_sha256     = excluded.file_sha256,
    object_key      = excluded.object_key,
    size            = excluded.size,
    template        = excluded.template,
    fields          = excluded.fields,
    field_values    = excluded.field_values,
    external_id     = iif(:external_id IS NULL, external_id, excluded.external_id),
    withdrawn_at    = NULL;

-- settle(pass_type: text, serial: text, increments: text?, publication: text, now: integer)
-- Marks the increments of a JSON array of ids as applied, or all pending ones of a pass whose values are replaced (NULL).
UPDATE increments INDEXED BY increments_pending SET applied_at = :now
WHERE pass_type = :pass_type AND serial = :serial AND applied_at IS NULL
  AND (:increments IS NULL OR id IN (SELECT e.value FROM json_each(:increments) AS e))
  AND EXISTS (SELECT 1 FROM pass_types AS t WHERE t.pass_type = :pass_type AND t.publication = :publication);

-- awaited(pass_type: text, serial: text, now_ms: integer)
-- -> (client: text)
-- The wallets that a later message for this pass is already on its way for.
SELECT json_array(j.client) AS json
FROM push_jobs AS j
WHERE j.pass_type = :pass_type AND j.serial = :serial AND j.due_at > :now_ms;

-- tell(pass_type: text, serial: text, publication: text, clients: text, now_ms: integer, interval: integer)
-- Writes the outbox: a job for each wallet of the JSON array `clients` that has devices with this pass. The first change is due
-- at once, later ones once an interval. A change during a lap gets another lap. Devices are counted up to 1001, because each
-- one counted is a row read with each change.
INSERT INTO push_jobs (pass_type, serial, client, revision, devices, after_device, again, started_at, due_at, dropped)
SELECT t.pass_type, :serial, c.value, t.revision,
    (SELECT count(*) FROM (
        SELECT 1 FROM registrations AS r
        WHERE r.pass_type = t.pass_type AND r.serial = :serial AND r.client IS nullif(c.value, '')
        LIMIT 1001)) AS registered,
    '', 0, 0, :now_ms, 0
FROM pass_types AS t CROSS JOIN json_each(:clients) AS c
WHERE t.pass_type = :pass_type AND t.publication = :publication AND registered > 0
ON CONFLICT (pass_type, serial, client) DO UPDATE SET
    revision = excluded.revision,
    devices  = excluded.devices,
    again    = iif(due_at IS NOT NULL AND after_device <> '', 1, again),
    due_at   = coalesce(due_at, max(excluded.due_at, started_at + :interval));

-- after(pass_type: text, serial: text)
-- -> (object_key: text, revision: integer, modified_at: integer, etag: text, registrations: integer)
-- The pass after this batch.
SELECT json_array(p.object_key, p.revision, p.modified_at, p.file_sha256,
    (SELECT count(*) FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial)) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- told(pass_type: text, serial: text)
-- -> (client: text, due_at: integer, devices: integer)
-- The wallets whose devices will be told of the pass, when (unix milliseconds), and how many devices, up to 1001.
SELECT json_array(j.client, j.due_at, j.devices) AS json
FROM push_jobs AS j
WHERE j.pass_type = :pass_type AND j.serial = :serial AND j.due_at IS NOT NULL;
