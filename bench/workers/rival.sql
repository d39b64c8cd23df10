CREATE TABLE passes (
  pass_type_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  authentication_token TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  file BLOB,
  object_key TEXT,
  PRIMARY KEY (pass_type_id, serial_number)
);
CREATE INDEX passes_by_token ON passes (authentication_token);

CREATE TABLE registrations (
  device_id TEXT NOT NULL,
  pass_type_id TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  push_token TEXT NOT NULL,
  PRIMARY KEY (device_id, pass_type_id, serial_number)
);
CREATE INDEX registrations_by_pass ON registrations (pass_type_id, serial_number);
