-- before(name: text)
-- -> ()
-- A row if there was one of this name before this batch.
SELECT json_array() AS json FROM templates AS t WHERE t.name = :name;

-- retire(name: text, version: text, now: integer)
-- Notes the file that is about to be replaced. The sweep deletes it later.
INSERT INTO retired_objects (object_key, retired_at)
SELECT t.object_key, :now FROM templates AS t WHERE t.name = :name AND t.version <> :version
ON CONFLICT (object_key) DO UPDATE SET retired_at = excluded.retired_at;

-- store(name: text, version: text, object_key: text, size: integer, now: integer)
-- Stores the version. The same content changes nothing.
INSERT INTO templates (name, version, object_key, size, modified_at) VALUES (:name, :version, :object_key, :size, :now)
ON CONFLICT (name) DO UPDATE SET
    version = excluded.version, object_key = excluded.object_key, size = excluded.size, modified_at = excluded.modified_at
WHERE version <> excluded.version;

-- after(name: text)
-- -> (object_key: text, version: text, modified_at: integer, size: integer)
-- The template after this batch.
SELECT json_array(t.object_key, t.version, t.modified_at, t.size) AS json FROM templates AS t WHERE t.name = :name;

-- show(name: text)
-- -> (object_key: text, version: text, modified_at: integer, size: integer, passes: integer)
-- The template, and how many passes were made from it.
SELECT json_array(t.object_key, t.version, t.modified_at, t.size,
    (SELECT count(*) FROM passes AS p WHERE p.template = t.name)) AS json
FROM templates AS t
WHERE t.name = :name;

-- remove(name: text)
-- Deletes the template. Passes that were made from it stay.
DELETE FROM templates WHERE name = :name;

-- forget_runs(name: text)
-- Deletes its runs.
DELETE FROM republications WHERE template = :name;

-- page(after: text, limit: integer)
-- -> (name: text, version: text, modified_at: integer, size: integer)
-- A page of all templates, in the order of their names.
SELECT json_array(t.name, t.version, t.modified_at, t.size) AS json
FROM templates AS t
WHERE t.name > :after
ORDER BY t.name
LIMIT :limit;
