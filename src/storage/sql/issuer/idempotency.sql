-- claim(key: text, request: text, attempt: text, now: integer, expired: integer, stale: integer)
-- Notes that this attempt carries out the request, if the key is new or was first used before `expired`. Also if the last
-- attempt at the same request began before `stale` and has no answer.
INSERT INTO idempotency_keys (key_sha256, request_sha256, created_at, attempt, attempted_at)
VALUES (:key, :request, :now, :attempt, :now)
ON CONFLICT (key_sha256) DO UPDATE SET
    created_at     = iif(created_at < :expired, excluded.created_at, created_at),
    request_sha256 = excluded.request_sha256,
    attempt        = excluded.attempt,
    attempted_at   = excluded.attempted_at,
    status         = NULL,
    answer         = NULL
WHERE created_at < :expired
   OR (request_sha256 = excluded.request_sha256 AND status IS NULL AND attempted_at < :stale);

-- known(key: text)
-- -> (request: text, created_at: integer, attempt: text, status: integer?, answer: text?)
-- The request that has this key, the attempt that carries it out, and the answer if there is one.
SELECT json_array(k.request_sha256, k.created_at, k.attempt, k.status, k.answer) AS json
FROM idempotency_keys AS k
WHERE k.key_sha256 = :key;

-- keep(key: text, attempt: text, status: integer, answer: text)
-- Stores the answer, unless another attempt took over.
UPDATE idempotency_keys SET status = :status, answer = :answer
WHERE key_sha256 = :key AND attempt = :attempt;

-- release(key: text, attempt: text)
-- Lets the next attempt at the same request begin at once.
UPDATE idempotency_keys SET attempted_at = 0
WHERE key_sha256 = :key AND attempt = :attempt;

-- free(key: text, attempt: text)
-- Makes the key one that was never used.
DELETE FROM idempotency_keys
WHERE key_sha256 = :key AND attempt = :attempt;
