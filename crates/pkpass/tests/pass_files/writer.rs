//! A small ZIP writer after APPNOTE 4.3, every field of which can be made to lie.

/// What both headers of an entry say.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) packed_size: u32,
    pub(super) size: u32,
    pub(super) extra: Vec<u8>,
}

/// One entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) local: Header,
    pub(super) central: Header,
    pub(super) packed: Vec<u8>,
    /// What follows the data: a data descriptor.
    pub(super) descriptor: Vec<u8>,
    /// What lies in front of the local header: nothing, in a good archive.
    pub(super) before: Vec<u8>,
    /// The system that made the entry, if not Unix.
    pub(super) system: Option<u8>,
    /// Its attributes there.
    pub(super) attributes: u16,
    pub(super) mode: u16,
    pub(super) disk: u16,
    /// Where the directory says that the local header is, if not where it is.
    pub(super) start: Option<u32>,
}

impl Item {
    pub(super) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self::new(name, bytes, 0, bytes.to_vec())
    }

    pub(super) fn deflated(name: &str, bytes: &[u8]) -> Self {
        Self::new(name, bytes, 8, miniz_oxide::deflate::compress_to_vec(bytes, 6))
    }

    /// As a writer does that cannot go back: sizes and CRC-32 follow the data.
    pub(super) fn streamed(name: &str, bytes: &[u8]) -> Self {
        let mut item = Self::deflated(name, bytes).with(|header| header.flags |= 1 << 3);
        let central = &item.central;
        let fields = [central.crc32, central.packed_size, central.size].map(u32::to_le_bytes);
        item.descriptor = [b"PK\x07\x08", fields.as_flattened()].concat();
        item.local = Header { crc32: 0, packed_size: 0, size: 0, ..item.local };
        item
    }

    fn new(name: &str, bytes: &[u8], method: u16, packed: Vec<u8>) -> Self {
        let header = Header {
            name: name.as_bytes().to_vec(),
            // Flag 11: the name is UTF-8.
            flags: 1 << 11,
            method,
            crc32: crc32(bytes),
            packed_size: u32::try_from(packed.len()).unwrap(),
            size: u32::try_from(bytes.len()).unwrap(),
            extra: Vec::new(),
        };
        Self { local: header.clone(), central: header, packed, ..Self::default() }
    }

    pub(super) fn with(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }
}

pub(super) fn archive(items: &[Item]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for item in items {
        file.extend(&item.before);
        let start = item.start.unwrap_or_else(|| u32::try_from(file.len()).unwrap());
        file.extend(b"PK\x03\x04\x14\0");
        put_shared(&mut file, &item.local);
        let parts = [&item.local.name, &item.local.extra, &item.packed, &item.descriptor];
        file.extend(parts.map(Vec::as_slice).concat());

        directory.extend([&b"PK\x01\x02\x14"[..], &[item.system.unwrap_or(3)], b"\x14\0"].concat());
        put_shared(&mut directory, &item.central);
        put(&mut directory, &[0, item.disk, 0, item.attributes, item.mode]);
        directory.extend(start.to_le_bytes());
        directory.extend([&item.central.name, &item.central.extra].map(Vec::as_slice).concat());
    }
    let (count, start) = (u16::try_from(items.len()).unwrap(), u32::try_from(file.len()).unwrap());
    file.extend(&directory);
    file.extend(b"PK\x05\x06");
    put(&mut file, &[0, 0, count, count]);
    file.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    file.extend(start.to_le_bytes());
    put(&mut file, &[0]);
    file
}

/// The fields that both headers have in the same order.
fn put_shared(out: &mut Vec<u8>, header: &Header) {
    put(out, &[header.flags, header.method, 0, 0x21]);
    for field in [header.crc32, header.packed_size, header.size] {
        out.extend(field.to_le_bytes());
    }
    put(out, &[&header.name, &header.extra].map(|part| u16::try_from(part.len()).unwrap()));
}

fn put(out: &mut Vec<u8>, fields: &[u16]) {
    out.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
}

/// Bit by bit: slow, and plainly the definition.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}
