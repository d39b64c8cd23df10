-- pass(pass_type: text, serial: text)
-- -> (object_key: text, etag: text, manifest: text, token: text?, withdrawn: boolean, template: text?, fields: text?,
-- field_values: text?, external_id: text?, revision: integer, modified_at: integer, size: integer, registrations: integer,
-- was_registered: boolean)
-- The stored version of the pass. No row: it was never published.
SELECT json_array(p.object_key, p.file_sha256, p.manifest_sha256, p.token_sha256, p.withdrawn_at IS NOT NULL, p.template,
    p.fields, p.field_values, p.external_id, p.revision, p.modified_at, p.size,
    (SELECT count(*) FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial),
    p.first_registered_at IS NOT NULL) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- identity(pass_type: text, kept: text?)
-- -> (version: text, certificate: text?, intermediate: text?, private_key: text?)
-- The version of the signing identity. Certificate, intermediate and sealed key are null if the isolate keeps this version. No
-- row: there is none.
SELECT json_array(i.version, iif(i.version IS :kept, NULL, i.certificate), iif(i.version IS :kept, NULL, i.intermediate),
    iif(i.version IS :kept, NULL, i.private_key)) AS json
FROM signing_identities AS i
WHERE i.pass_type = :pass_type;

-- template(name: text)
-- -> (name: text, version: text, object_key: text)
-- The version of the template and the key of its prepared file. No row: there is none.
SELECT json_array(t.name, t.version, t.object_key) AS json FROM templates AS t WHERE t.name = :name;

-- template_of(pass_type: text, serial: text)
-- -> template
-- The same for the template that the pass was made from.
SELECT json_array(t.name, t.version, t.object_key) AS json
FROM passes AS p
CROSS JOIN templates AS t ON t.name = p.template
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- taken(external_id: text, template: text, pass_type: text, serial: text)
-- -> (pass_type: text, serial: text)
-- Another pass of the template that has this identifier of the issuer.
SELECT json_array(p.pass_type, p.serial) AS json
FROM passes AS p
WHERE p.external_id = :external_id AND p.template = :template AND (p.pass_type <> :pass_type OR p.serial <> :serial)
LIMIT 1;

-- allow(pass_type: text, serial: text, over: text, over_template: text?, over_fields: text?, over_values: text?,
-- template: text?, template_version: text?, unique_external_id: text?, increments: text, publication: text,
-- job: text?, line: integer, worker: text?)
-- -> ()
-- Marks the pass type with this publication if all of this is true. The version that it was compared with (`over`, `over_…`) is
-- in service. The template is the newest. No other pass of the template has `unique_external_id`. The increments of the JSON
-- array `increments` are pending. If it is for a line of a job, the worker has the job, and the line is not done. `relabel` and
-- `settle` act only if they find this mark. No row: it is not true.
UPDATE pass_types SET publication = :publication
WHERE pass_type = :pass_type
  AND EXISTS (
        SELECT 1 FROM passes AS p
        WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.file_sha256 = :over AND p.withdrawn_at IS NULL
          AND p.template IS :over_template AND p.fields IS :over_fields AND p.field_values IS :over_values)
  AND (:template_version IS NULL OR EXISTS (
        SELECT 1 FROM templates AS t WHERE t.name = :template AND t.version = :template_version))
  AND NOT EXISTS (
        SELECT 1 FROM passes AS o
        WHERE o.external_id = :unique_external_id AND o.template = :template
          AND (o.pass_type <> :pass_type OR o.serial <> :serial))
  AND NOT EXISTS (
        SELECT 1 FROM json_each(:increments) AS e
        WHERE NOT EXISTS (
            SELECT 1 FROM increments AS i
            WHERE i.pass_type = :pass_type AND i.serial = :serial AND i.id = e.value AND i.applied_at IS NULL))
  AND (:job IS NULL OR EXISTS (
        SELECT 1 FROM jobs AS j
        WHERE j.job = :job AND j.worker = :worker
          AND NOT EXISTS (SELECT 1 FROM job_outcomes AS o WHERE o.job = :job AND o.line = :line)))
RETURNING json_array() AS json;

-- relabel(pass_type: text, serial: text, template: text?, fields: text?, field_values: text?, external_id: text?,
-- publication: text)
-- Stores what the pass is made from. Phones see no change. An `external_id` of NULL keeps the one there is, '' removes it.
UPDATE passes SET template = :template, fields = :fields, field_values = :field_values,
    external_id = iif(:external_id IS NULL, external_id, nullif(:external_id, ''))
WHERE pass_type = :pass_type AND serial = :serial
  AND EXISTS (SELECT 1 FROM pass_types AS t WHERE t.pass_type = :pass_type AND t.publication = :publication);
