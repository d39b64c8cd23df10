-- before(pass_type: text, serial: text)
-- -> (etag: text, withdrawn: boolean)
-- The pass's ETag, for the preconditions. No row: unknown pass.
SELECT json_array(p.file_sha256, p.withdrawn_at IS NOT NULL) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- withdraw(pass_type: text, serial: text, if_match: text?, if_none_match: text?, now: integer)
-- Withdraws the pass if the preconditions hold. A pass that was withdrawn before keeps its time.
UPDATE passes SET withdrawn_at = :now
WHERE pass_type = :pass_type AND serial = :serial AND withdrawn_at IS NULL
  AND (:if_match IS NULL OR EXISTS (SELECT 1 FROM json_each(:if_match) AS m WHERE m.value IN ('*', passes.file_sha256)))
  AND NOT EXISTS (SELECT 1 FROM json_each(:if_none_match) AS m WHERE m.value IN ('*', passes.file_sha256));

-- untell(pass_type: text, serial: text)
-- If the pass is withdrawn now, cancels its jobs: devices need not be told of its last change.
UPDATE push_jobs SET due_at = NULL, after_device = '', again = 0
WHERE pass_type = :pass_type AND serial = :serial
  AND EXISTS (
    SELECT 1 FROM passes AS p
    WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.withdrawn_at IS NOT NULL);
