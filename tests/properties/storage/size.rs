//! How much of a database a registration takes.

use super::{publish, register, run};
use edgepass_support::{chance::Chance, random::to_hex, storage::Sqlite};

const DEVICES: i64 = 100_000;

/// The most bytes that one may take, with its index.
const MOST_BYTES: i64 = 250;

fn hex(chance: &Chance, bytes: usize) -> String {
    to_hex(&(0..bytes).map(|_| chance.number().to_le_bytes()[0]).collect::<Vec<u8>>())
}

fn uuid(chance: &Chance) -> String {
    let hex = hex(chance, 16);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn size(database: &Sqlite) -> i64 {
    let sql = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)";
    database.prepare(sql).query_row((), |row| row.get(0)).unwrap()
}

/// Identifiers like those of Apple's phones. Each registers its own pass, whose serial number is a UUID.
#[test]
fn a_registration_takes_at_most_250_bytes() {
    let database = Sqlite::new();
    let chance = Chance::new(1);
    let serials: Vec<String> = (0..DEVICES).map(|_| uuid(&chance)).collect();
    database.connection().execute_batch("BEGIN").unwrap();
    for serial in &serials {
        publish(&database, serial);
    }
    database.connection().execute_batch("COMMIT").unwrap();
    let before = size(&database);
    for serials in serials.chunks(1000) {
        let devices: Vec<_> = serials.iter().map(|_| (hex(&chance, 16), hex(&chance, 32))).collect();
        let registers = devices.iter().zip(serials);
        run(&database, registers.map(|((device, token), serial)| register(device, serial, token)).collect());
    }
    let count = "SELECT count(*) FROM registrations";
    assert_eq!(database.prepare(count).query_row((), |row| row.get::<_, i64>(0)).unwrap(), DEVICES);
    let each = (size(&database) - before) / DEVICES;
    println!("{each} bytes a registration");
    assert!(each <= MOST_BYTES, "{each} bytes a registration");
}
