-- Requests that wait for their certificate. Its private key is made with a request, and goes to signing_identities with the
-- certificate.
CREATE TABLE certificate_requests (
    pass_type   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    request     TEXT    NOT NULL,          -- PKCS #10, DER in base64
    private_key TEXT    NOT NULL,          -- PKCS #8, sealed under the master key for this pass type
    created_at  INTEGER NOT NULL,          -- unix seconds
    PRIMARY KEY (pass_type, id)
) STRICT, WITHOUT ROWID;
