-- When the next message of push comes, so that of many workers one sends it, and each due time has one.
CREATE TABLE push_wakes (
    client TEXT    NOT NULL PRIMARY KEY, -- '' for Apple Wallet
    at     INTEGER NOT NULL              -- unix milliseconds; one in the past has come
) STRICT, WITHOUT ROWID;
